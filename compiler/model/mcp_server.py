"""An MCP server: the tools it offers, what they can do, and how it runs."""

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from compiler.model.base import (
    Count,
    DataClass,
    Endpoint,
    EnvName,
    Image,
    Line,
    Memory,
    Model,
    Path,
    Port,
    Probe,
    Ref,
    Resources,
    Risk,
    Secret,
    Spec,
    ToolName,
    Version,
    about,
)


class MCPServerRef(Ref):
    """The name of an MCPServer."""

    KIND = "MCPServer"


ApiResource = Annotated[str, Field(pattern=r"^[a-z]+(/[a-z]+)?$", max_length=63)]
ApiVerb = Literal["get", "list", "watch", "create", "update", "patch", "delete", "deletecollection"]


class Package(Model):
    """A published package, which laptops run."""

    registry: Literal["npm", "pypi", "go", "oci", "github"] = about("where it is published")
    name: Line = about("its name there")
    version: Line = about("the exact version")
    integrity: Line | None = about("the registry's checksum of that version", None)
    command: Annotated[tuple[Line, ...], Field(min_length=1)] = about("the command that starts it")
    env: dict[EnvName, str] = about(
        "plain settings of the command; those of the container are not used on a laptop", {}
    )


class Transport(Model):
    """How clients connect to the server."""

    type: Literal["streamable-http", "stdio", "sse"] = about("the transport of the program itself")
    bridge: bool = about("the image turns stdio into Streamable HTTP", False)
    port: Port = about("the port of the MCP endpoint", 8080)
    path: Path = about("the path of the MCP endpoint", "/mcp")
    protocolVersion: Literal[
        "2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25", "2026-07-28"
    ] = about("the newest revision of MCP that it supports")
    sessions: Literal["none", "sticky", "shared"] = about(
        "whether a client must return to the same replica (`sticky`), or need not: without sessions"
        " (`none`), or as replicas share them (`shared`)"
    )


class Annotations(Model):
    """The hints of MCP's ToolAnnotations, exactly as the server lists them."""

    readOnlyHint: bool | None = about("it changes nothing", None)
    destructiveHint: bool | None = about("it may destroy something", None)
    idempotentHint: bool | None = about("calling it again changes nothing more", None)
    openWorldHint: bool | None = about("it interacts with external systems", None)


class Labels(Model):
    """The organisation's own judgement of a tool, which overrides hints and defaults."""

    untrusted: bool | None = about("its result can have text from untrusted parties", None)
    private: bool | None = about("it returns private data, or reaches a sensitive system", None)
    writes: bool | None = about("it changes state", None)
    destructive: bool | None = about("it can destroy or overwrite", None)
    sink: bool | None = about("it can send data outside the organisation", None)
    executes: bool | None = about("it runs code or commands that the model writes", None)


class ApiRule(Model):
    """A permission on the Kubernetes API, as in an RBAC rule; there are no wildcards."""

    group: Annotated[str, Field(pattern=r"^([a-z0-9][a-z0-9.-]*)?$", max_length=253)] = about(
        "the API group, empty for the core group", ""
    )
    resources: Annotated[tuple[ApiResource, ...], Field(min_length=1)] = about(
        "resources, with a subresource after `/`"
    )
    verbs: Annotated[tuple[ApiVerb, ...], Field(min_length=1)] = about("the verbs that are allowed")


class Tool(Model):
    """One tool, as the server lists it."""

    name: ToolName = about("its exact name")
    description: Line | None = about("what it does", None)
    annotations: Annotations = about("the server's own hints", Annotations())
    labels: Labels = about("labels that override the hints", Labels())
    minimumTier: Risk | None = about(
        "the lowest risk tier that may call it; without one, that of the server's data",
        None,
    )
    kubernetes: tuple[ApiRule, ...] = about(
        "the permissions on the Kubernetes API that the server needs for it, in the project's"
        " namespaces",
        (),
    )


class Scaling(Model):
    """How many replicas run."""

    minimum: Annotated[int, Field(ge=1, le=100)] = about("the fewest replicas", 2)
    maximum: Annotated[int, Field(ge=1, le=100)] = about("the most replicas", 10)
    typical: Annotated[int, Field(ge=1, le=100)] = about("the average for capacity planning", 3)
    targetCPU: Annotated[int, Field(ge=10, le=95)] = about("per cent of the CPU request", 70)


class Storage(Model):
    """A volume for each replica; the server becomes a StatefulSet."""

    size: Memory = about("bytes, with a unit")
    path: Path = about("where it is mounted")


class MCPServer(Spec):
    """A server of the organisation's catalogue; projects list it in their matrix."""

    KIND: ClassVar[str] = "MCPServer"
    FOLDERS: ClassVar[tuple[str, ...]] = ("specs/mcp-servers",)

    displayName: Line = about("the name for people")
    description: Annotated[str, Field(min_length=1, max_length=100)] = about(
        "what it is for; the MCP registry takes at most 100 characters"
    )
    version: Version = about("the version of the server")
    package: Package | None = about("the published package, for laptops", None)
    image: Image | None = about("the container, for clusters", None)
    args: tuple[Line, ...] = about("the arguments of its container", ())
    transport: Transport = about("how clients connect to it")
    tools: Annotated[tuple[Tool, ...], Field(min_length=1)] = about(
        "every tool that the server lists"
    )
    trust: Literal["trusted", "untrusted"] = about(
        "whether the hints of its tools are trusted", "untrusted"
    )
    dataClass: DataClass = about("the most sensitive data that it handles")
    tenancy: Literal["shared", "project"] = about(
        "one instance for all projects, or one per project", "project"
    )
    secrets: tuple[Secret, ...] = about("the credentials it needs, by reference", ())
    egress: tuple[Endpoint, ...] = about(
        "the hosts outside the cluster that it calls, with a port unless it is 443", ()
    )
    env: dict[EnvName, str] = about("plain settings; never a credential", {})
    scaling: Scaling | None = about(
        "the number of replicas, autoscaled between `minimum` and `maximum`; without it, one", None
    )
    storage: Storage | None = about("a volume for each replica", None)
    resources: Resources = about("requests and limits of one replica")
    probe: Probe = about("its health endpoints", Probe())
    authentication: Literal["none", "api-key", "oauth"] = about(
        "how clients authenticate", "api-key"
    )
    audit: bool = about("whether each call is logged, with its caller", True)
    reviewDays: Count = about("days after which the tool list is reviewed again", 180)
