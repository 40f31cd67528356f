"""A project: its servers (the matrix), its team of agents with their grants, and its people."""

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from compiler.model.agent import AgentRef, Tools
from compiler.model.base import (
    Amounts,
    Day,
    FilePath,
    Group,
    Line,
    Model,
    Ref,
    Spec,
    ToolName,
    about,
)
from compiler.model.cluster import ClusterRef
from compiler.model.mcp_server import MCPServerRef


class ProjectRef(Ref):
    """The name of a Project."""

    KIND = "Project"


class GrantEntry(Model):
    """Permission for one agent of the team to call tools of one server."""

    server: MCPServerRef = about("the server")
    tools: Tools = about("the tools; `read-only` and `all` are expanded to names")
    approval: dict[ToolName, Literal["human", "none"]] = about(
        "tools for which a human approves each call", {}
    )
    reason: Line | None = about("why the agent needs it", None)
    approver: Line | None = about("who agreed", None)
    expires: Day | None = about("the last day on which it is valid", None)


class Widening(Model):
    """Permission for a member to delegate to one that may do more than itself."""

    agent: AgentRef = about("the member to which it delegates")
    reason: Line = about("why this is acceptable")
    approver: Line | None = about("who agreed", None)
    expires: Day | None = about("the last day on which it is valid", None)


class TeamEntry(Model):
    """An agent of this project's team."""

    agent: AgentRef = about("the agent")
    grants: tuple[GrantEntry, ...] = about("what it may call here", ())
    delegatesTo: tuple[AgentRef, ...] = about("the team members to which it delegates", ())
    widening: tuple[Widening, ...] = about(
        "delegates who may do what this agent may not, and why", ()
    )
    replicas: Annotated[int, Field(ge=1, le=50)] | None = about("instead of the agent's own", None)


class People(Model):
    """What a group of people may do with the project in the cluster."""

    group: Group = about("the group, as the identity provider names it")
    role: Literal["viewer", "operator", "maintainer"] = about(
        "`viewer` may look, `operator` also restart and scale, `maintainer` also change"
    )


class Quota(Model):
    """The most that one namespace of the project may take in one cluster."""

    requests: Amounts = about("the sum of requests")
    limits: Amounts = about("the sum of limits")
    pods: Annotated[int, Field(ge=1, le=100_000)] = about("the number of pods")


class Quotas(Model):
    """The most that the project may take in one cluster, by namespace."""

    agents: Quota = about("in `<project>-agents`")
    servers: Quota = about("in `<project>-mcp-servers`")


class Notices(Model):
    """Notices for the people who interact with the project's agents."""

    locales: Annotated[tuple[Line, ...], Field(min_length=1)] = about(
        "languages of the notices, such as `en`", ("en",)
    )
    interactsWithPersons: bool = about("whether people outside the team talk to its agents", False)


class Project(Spec):
    """One project of the organisation."""

    KIND: ClassVar[str] = "Project"
    FOLDERS: ClassVar[tuple[str, ...]] = ("projects/*",)

    displayName: Line = about("the name for people")
    aliases: tuple[Line, ...] = about("other names of it in documents", ())
    description: Line = about("what it is")
    clusters: Annotated[tuple[ClusterRef, ...], Field(min_length=1)] = about("where it runs")
    servers: tuple[MCPServerRef, ...] = about("the servers that it uses: its row of the matrix")
    agents: Annotated[tuple[TeamEntry, ...], Field(min_length=1)] = about("its team")
    people: tuple[People, ...] = about("groups of people and their roles", ())
    quota: Quotas = about("the most that it may take in one cluster")
    clientConfigs: tuple[FilePath, ...] = about(
        "client configurations in use (`.mcp.json` and similar, without the dot), below the"
        " project's folder: every server in them must be one of the project's",
        (),
    )
    compliance: tuple[Literal["eu-ai-act", "gdpr", "soc2", "iso-42001", "nist-ai-rmf"], ...] = (
        about("the regulations and standards that it must comply with", ())
    )
    notices: Notices = about("notices for people who interact with its agents", Notices())
