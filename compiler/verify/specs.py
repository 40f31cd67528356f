"""What the specs say, read from plain documents, without the compiler's model."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass

from compiler.parse import Document
from compiler.verify.artefacts import Malformed, Node
from compiler.verify.gateway import Gateway
from compiler.verify.relation import Call, Instance

DEFAULT_LAYERS = ("agentgateway",)
HEADERS_SINCE = "2026-07-28"
"""The first revision of MCP that names method and tool in HTTP headers, which a mesh can read."""

Right = tuple[str, str, str]
"""API group, resource, verb."""


@dataclass(frozen=True, slots=True)
class Server:
    """An MCPServer."""

    name: str
    hints: Mapping[str, Mapping[str, bool]]
    rights: Mapping[str, frozenset[Right]]
    shared: bool
    deployable: bool
    package: tuple[str, ...]  # the command that starts it on a laptop; empty if there is none
    stateful: bool
    port: int
    path: str
    protocol: str
    secrets: frozenset[str]

    @property
    def tools(self) -> tuple[str, ...]:
        """Every tool that it lists."""
        return tuple(self.hints)


@dataclass(frozen=True, slots=True)
class Project:
    """A Project: where it runs, what it uses, who delegates to whom, and its people."""

    name: str
    clusters: frozenset[str]
    servers: frozenset[str]
    team: Mapping[str, frozenset[str]]
    people: tuple[tuple[str, str], ...]
    agents_namespace: str
    servers_namespace: str


@dataclass(frozen=True, slots=True)
class Cluster:
    """A Cluster: its mesh and gateway, whether kagent runs its agents, and Argo CD syncs it."""

    name: str
    meshed: bool
    gateway: str
    kagent: bool
    synced: bool


@dataclass(frozen=True, slots=True)
class Estate:
    """The specs, as far as layers are compared with them."""

    servers: Mapping[str, Server]
    projects: Mapping[str, Project]
    clusters: Mapping[str, Cluster]
    gateways: Mapping[str, Gateway]
    grants: Mapping[tuple[str, str, str, str], str]
    agent_rights: Mapping[str, frozenset[Right]]
    servers_namespace: str
    engine: tuple[str, str]
    local_gateway: bool
    repository: str
    running: Mapping[str, Mapping[Instance, tuple[str, ...]]]

    def gate(self, cluster: str, server: str) -> str:
        """What decides about calls to a server: "mesh", a gateway's name, or "" for nothing."""
        home, specs = self.clusters[cluster], self.servers[server]
        if home.meshed and specs.protocol >= HEADERS_SINCE and not specs.stateful:
            return "mesh"
        return home.gateway

    def instance(self, project: str, server: str) -> Instance:
        """Where a project's calls to a server go."""
        spec, home = self.servers[server], self.projects[project].servers_namespace
        return Instance(self.servers_namespace if spec.shared else home, server)

    def users(self, cluster: str) -> Mapping[Instance, tuple[str, ...]]:
        """The server instances of a cluster, and the projects that use each."""
        return self.running[cluster]

    def calls(self, cluster: str) -> Iterator[Call]:
        """Every call that is granted in a cluster."""
        running = self.users(cluster)
        for (project, agent, server, tool), approval in self.grants.items():
            instance = self.instance(project, server)
            if project in running.get(instance, ()):
                yield Call(cluster, project, agent, *instance, tool, approval)

    def gated(self, gate: str) -> tuple[Call, ...]:
        """Every call, in any cluster, that a gateway decides about."""
        return tuple(
            call
            for cluster in self.clusters
            for call in self.calls(cluster)
            if self.gate(cluster, call.server) == gate
        )

    def narrowed(self, calls: Iterable[Call]) -> set[Call]:
        """The connections over which an agent may call some tools of a server, but not all."""
        granted: defaultdict[Call, set[str]] = defaultdict(set)
        for call in calls:
            granted[call.pair].add(call.tool)
        servers = self.servers
        return {pair for pair, tools in granted.items() if set(servers[pair.server].tools) - tools}


def read_estate(documents: Iterable[Document], gateways: Iterable[Gateway]) -> Estate:
    """The specs' documents, to what they mean.

    Raises:
        Malformed: a document does not have the shape of a spec.
    """
    specs: defaultdict[str, dict[str, Node]] = defaultdict(dict)
    for document in documents:
        node = Node(document.data, document.source.path)
        specs[node["kind"].text()][node["metadata"]["name"].text()] = node["spec"]
    if len(specs["Platform"]) != 1:
        raise Malformed("there must be exactly one Platform")
    (platform,) = specs["Platform"].values()
    spaces = platform["namespaces"]
    workflows = spaces["workflows"].text("workflows")
    shared = spaces["servers"].text("mcp-servers")
    servers = {name: _server(name, spec) for name, spec in sorted(specs["MCPServer"].items())}
    projects = {n: _project(n, s, spaces) for n, s in sorted(specs["Project"].items())}
    places = specs["Cluster"]
    by_name = {gateway.name: gateway for gateway in gateways}
    clusters = {n: _cluster(n, s, platform, places, by_name) for n, s in sorted(places.items())}
    return Estate(
        servers=servers,
        projects=projects,
        clusters=clusters,
        gateways=by_name,
        grants=dict(_grants(specs["Project"], specs["MCPServer"])),
        agent_rights={name: _rights(spec) for name, spec in specs["Agent"].items()},
        servers_namespace=shared,
        engine=(workflows, platform["workflowEngine"]["name"].text()),
        local_gateway=not platform["tokens"].absent,
        repository=platform["repository"]["url"].text(),
        running={name: _running(name, projects.values(), servers, shared) for name in clusters},
    )


def _running(
    cluster: str, projects: Iterable[Project], servers: Mapping[str, Server], shared: str
) -> Mapping[Instance, tuple[str, ...]]:
    """The server instances of a cluster, and the projects that use each."""
    users: defaultdict[Instance, list[str]] = defaultdict(list)
    for project in projects:
        for name in project.servers & servers.keys() if cluster in project.clusters else ():
            if servers[name].deployable:
                home = shared if servers[name].shared else project.servers_namespace
                users[Instance(home, name)].append(project.name)
    return {instance: tuple(users[instance]) for instance in sorted(users)}


def _server(name: str, spec: Node) -> Server:
    transport, tools = spec["transport"], {t["name"].text(): t for t in spec["tools"].items()}
    bridged = transport["type"].text() != "stdio" or transport["bridge"].value is True
    return Server(
        name=name,
        hints={tool: _hints(node) for tool, node in tools.items()},
        rights={tool: _rights(node) for tool, node in tools.items()},
        shared=spec["tenancy"].text("project") == "shared",
        deployable=not spec["image"].absent and bridged,
        package=spec["package"]["command"].texts(),
        stateful=not spec["storage"].absent,
        port=transport["port"].number(8080),
        path=transport["path"].text("/mcp"),
        protocol=transport["protocolVersion"].text(),
        secrets=frozenset(secret["name"].text() for secret in spec["secrets"].items()),
    )


def _hints(tool: Node) -> dict[str, bool]:
    return {key: hint.value for key, hint in tool["annotations"].fields() if not hint.absent}


def _rights(spec: Node) -> frozenset[Right]:
    return frozenset(
        (rule["group"].text(), resource, verb)
        for rule in spec["kubernetes"].items()
        for resource in rule["resources"].texts()
        for verb in rule["verbs"].texts()
    )


def _project(name: str, spec: Node, spaces: Node) -> Project:
    team = {entry["agent"].text(): entry["delegatesTo"].texts() for entry in spec["agents"].items()}
    return Project(
        name=name,
        clusters=frozenset(spec["clusters"].texts()),
        servers=frozenset(spec["servers"].texts()),
        team={agent: frozenset(to) for agent, to in sorted(team.items())},
        people=tuple((p["group"].text(), p["role"].text()) for p in spec["people"].items()),
        agents_namespace=f"{name}-{spaces['agents'].text('agents')}",
        servers_namespace=f"{name}-{spaces['servers'].text('mcp-servers')}",
    )


def _cluster(
    name: str,
    spec: Node,
    platform: Node,
    all: Mapping[str, Node],
    gateways: Container[str],
) -> Cluster:
    home = all.get(spec["argocd"].text(name), spec)
    installed = frozenset(spec["installed"].texts())
    layers = platform["layers"].texts() if not platform["layers"].absent else DEFAULT_LAYERS
    usable = [layer for layer in layers if layer in installed]
    return Cluster(
        name=name,
        meshed=platform["mesh"].text() in installed,
        gateway=next((layer for layer in usable if layer in gateways), ""),
        kagent="kagent" in usable,
        synced="argo-cd" in home["installed"].texts(),
    )


def _grants(
    projects: Mapping[str, Node], servers: Mapping[str, Node]
) -> Iterator[tuple[tuple[str, str, str, str], str]]:
    """Every granted call with its approval, the first grant of a call last: `dict` keeps that."""
    granted = [
        ((project, entry["agent"].text(), grant["server"].text(), tool), grant)
        for project, spec in sorted(projects.items())
        for entry in spec["agents"].items()
        for grant in entry["grants"].items()
        for tool in _granted(grant["tools"], servers.get(grant["server"].text()))
    ]
    for call, grant in reversed(granted):
        yield call, grant["approval"].pairs().get(call[3], "none")


def _granted(tools: Node, server: Node | None) -> tuple[str, ...]:
    """The declared tools that a grant means: names, `all`, or `read-only`."""
    if server is None:
        return ()
    declared = {tool["name"].text(): tool for tool in server["tools"].items()}
    if not isinstance(tools.value, str):
        return tuple(name for name in tools.texts() if name in declared)
    trusted = server["trust"].text("untrusted") == "trusted"
    if tools.text() == "all":
        return tuple(declared)
    return tuple(name for name, tool in declared.items() if _reads_only(tool, trusted=trusted))


def _reads_only(tool: Node, *, trusted: bool) -> bool:
    """The label in the spec decides; without it, the hint of a trusted server."""
    label = tool["labels"]["writes"].value
    hint = tool["annotations"]["readOnlyHint"].value
    return trusted and hint is True if label is None else label is False
