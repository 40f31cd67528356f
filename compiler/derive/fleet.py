"""The facts that follow from the specs, one small type each; checks and emitters read them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Literal, NamedTuple

from compiler.ai_act.systems import System
from compiler.diagnostic import Rule, Severity
from compiler.gateways.product import Address, Callers, Endpoint, Gateway, direct
from compiler.graph import Graph, Resource
from compiler.model import Agent, ApiRule, Cluster, MCPServer, Platform, Project, Resources
from compiler.source import Route, Span

if TYPE_CHECKING:
    from compiler.derive.by_agent import ByAgent
    from compiler.derive.components import Part
    from compiler.derive.embeddings import Vectors
    from compiler.derive.proxies import Proxy
    from compiler.derive.reach import Reach
    from compiler.derive.retention import Stream
    from compiler.derive.reviews import Review
    from compiler.derive.stack import LocalProject


class Traits(NamedTuple):
    """What a tool can do, judged pessimistically (label, then trusted hint, then MCP's default)."""

    untrusted: bool  # U: its result can carry text of untrusted parties
    private: bool  # P: private data, or a sensitive system
    writes: bool  # W: changes state
    destructive: bool  # can destroy or overwrite
    sink: bool  # X: can carry data to the outside
    executes: bool  # runs code that the model writes


class Call(NamedTuple):
    """Who may call what: the key of the access relation."""

    project: str
    agent: str
    server: str
    tool: str


@dataclass(frozen=True, slots=True)
class Grant:
    """One tuple of the access relation, with its conditions and the place that says so."""

    call: Call
    approval: Literal["none", "human"]
    reason: str | None
    approver: str | None
    expires: date | None
    route: Route  # of the entry in the project's spec
    word: Route  # of the tool's name there, or of the wildcard that stands for it


@dataclass(frozen=True, slots=True, eq=False)
class AgentDeployment:
    """An agent at work for a project in a cluster."""

    cluster: Resource[Cluster]
    project: Resource[Project]
    agent: Resource[Agent]
    entry: int  # its place in the project's team
    namespace: str
    replicas: int
    resources: Resources
    servers: tuple[ServerDeployment, ...]  # those that it may call, by name
    delegates: tuple[str, ...]  # agents of the same team, by name
    delegators: tuple[str, ...]
    meshed: bool
    kagent: bool  # whether kagent runs it, instead of a Deployment of ours
    rights: tuple[ApiRule, ...]  # what it does itself on the Kubernetes API

    @property
    def name(self) -> str:
        """Its name in the namespace."""
        return self.agent.name


@dataclass(frozen=True, slots=True, eq=False)
class ServerDeployment:
    """An MCP server running in a cluster, for one project or for all."""

    cluster: Resource[Cluster]
    server: Resource[MCPServer]
    project: Resource[Project] | None  # None: shared
    namespace: str
    minimum: int
    typical: int
    maximum: int
    resources: Resources
    callers: Callers  # who may call which of its tools
    meshed: bool
    gateway: Gateway | None  # the product that decides about single calls to it
    rights: Mapping[str, tuple[ApiRule, ...]]  # by project: what granted tools do on the API

    @property
    def name(self) -> str:
        """Its name in the namespace."""
        return self.server.name

    @property
    def clients(self) -> tuple[tuple[str, str], ...]:
        """The agents with at least one grant: (project, agent), sorted."""
        return tuple(self.callers)

    @property
    def endpoint(self) -> Endpoint:
        """The name and URL under which an agent of the cluster reaches it."""
        path, shared = self.server.spec.transport.path, self.project is None
        address = Address(self.namespace, self.name, path, shared)
        return self.gateway.endpoint(address) if self.gateway else direct(address)

    @property
    def autoscaled(self) -> bool:
        """Whether an HPA decides on the number of replicas."""
        return self.maximum > self.minimum


@dataclass(frozen=True, slots=True)
class Load:
    """Pods of one component in one cluster, and what each takes (millicores and bytes)."""

    cluster: str
    namespace: str
    project: str  # "" for the platform's own
    component: str
    part: Literal["servers", "agents", "infrastructure"]
    pods: int
    maximum: int
    requests: tuple[int, int]
    limits: tuple[int, int]


@dataclass(frozen=True, eq=False)
class Fleet:
    """The graph and all that follows from it."""

    graph: Graph
    today: date
    grants: tuple[Grant, ...]  # sorted by call
    agents: tuple[AgentDeployment, ...]  # by cluster, project, name
    servers: tuple[ServerDeployment, ...]  # by cluster, project, name
    parts: Mapping[str, tuple[Part, ...]]  # the platform's components, by cluster
    proxies: tuple[Proxy, ...]  # by cluster, namespace, product
    loads: tuple[Load, ...]
    local: Mapping[str, LocalProject]  # what a laptop runs, by project
    traits: Mapping[tuple[str, str], Traits]  # by server and tool
    reach: Reach
    systems: tuple[System, ...]  # of projects under the EU AI Act, by project
    by_agent: ByAgent
    streams: tuple[Stream, ...]  # the logs of agents, by project and agent
    reviews: tuple[Review, ...]  # the last that fits a path counts
    vectors: Vectors  # of the texts that describe agents
    severities: Mapping[str, Severity] = field(default_factory=dict)  # set by policies
    parameters: Mapping[tuple[str, str], int | float | str] = field(default_factory=dict)

    @cached_property
    def platform(self) -> Platform:
        """What all projects share."""
        return self.platform_resource.spec

    @cached_property
    def platform_resource(self) -> Resource[Platform]:
        """The one Platform."""
        return self.graph.all(Platform)[0]

    @cached_property
    def grants_by_agent(self) -> Mapping[tuple[str, str], tuple[Grant, ...]]:
        """The grants of each (project, agent)."""
        groups: dict[tuple[str, str], list[Grant]] = {}
        for grant in self.grants:
            groups.setdefault((grant.call.project, grant.call.agent), []).append(grant)
        return {key: tuple(group) for key, group in groups.items()}

    @cached_property
    def proxy_before(self) -> Mapping[ServerDeployment, Proxy]:
        """The proxy that stands before each running server that has one."""
        return {server: proxy for proxy in self.proxies for server in proxy.servers}

    def on(self, server: ServerDeployment) -> Mapping[tuple[str, str], tuple[Grant, ...]]:
        """The grants on a running server, by project and agent."""
        return {
            client: tuple(
                g for g in self.grants_by_agent.get(client, ()) if g.call.server == server.name
            )
            for client in server.clients
        }

    def parameter(self, rule: Rule, name: str) -> int | float | str:
        """A rule's parameter, as a policy sets it or as the rule has it."""
        default = rule.parameters[name]
        value = self.parameters.get((rule.code, name), default)
        return value if rule.accepts(name, value) else default  # code-unknown reports it

    def place(self, grant: Grant) -> Span:
        """Where a grant names its tool, or the wildcard that stands for it."""
        return self.graph.get(Project, grant.call.project).at(*grant.word)
