"""The local stack: what PM2 runs of a project on a laptop, under which names and on which ports."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256

from compiler.derive.fleet import Fleet, Grant
from compiler.graph import Graph, Resource
from compiler.model import Agent, Cluster, MCPServer, Platform, Project

HOST = "127.0.0.1"
_FIRST, _COUNT = 20_000, 12_000
"""Ports below those that systems assign to clients: Linux from 32768 on, others from 49152."""


@dataclass(frozen=True, slots=True, eq=False)
class LocalAgent:
    """An agent of a team, on a laptop."""

    agent: Resource[Agent]
    entry: int  # its place in the project's team
    identity: str  # how it is known to the stack's services, and its name in PM2
    port: int


@dataclass(frozen=True, slots=True, eq=False)
class LocalServer:
    """A server of a project that a laptop can start, and on which a tool is granted."""

    server: Resource[MCPServer]
    entry: int  # its place among the project's servers
    app: str  # its name in PM2
    port: int
    callers: Mapping[str, tuple[str, ...]]  # the tools that each agent may call, by its identity

    @property
    def url(self) -> str:
        """Where its agents reach it."""
        return f"http://{HOST}:{self.port}{self.server.spec.transport.path}"


@dataclass(frozen=True, slots=True, eq=False)
class LocalProject:
    """What a laptop runs of a project, in the order of the project's spec."""

    agents: tuple[LocalAgent, ...]
    servers: tuple[LocalServer, ...]  # those with a package, on which a tool is granted


def local(graph: Graph, grants: Iterable[Grant]) -> Mapping[str, LocalProject]:
    """What a laptop runs of each project, by its name."""
    tools: dict[str, dict[str, dict[str, tuple[str, ...]]]] = {}
    for grant in grants:
        callers = tools.setdefault(grant.call.project, {}).setdefault(grant.call.server, {})
        caller = identity(grant.call.project, grant.call.agent)
        callers[caller] = (*callers.get(caller, ()), grant.call.tool)
    numbers = ports(graph)
    return {
        project.name: LocalProject(
            _agents(graph, project, numbers),
            _servers(graph, project, numbers, tools.get(project.name, {})),
        )
        for project in graph.all(Project)
    }


def ports(graph: Graph) -> Mapping[str, int]:
    """The port of every agent and server of every project, by its name in PM2.

    A port follows from the name alone, unless two names meet on one: so adding or removing one
    rarely changes another's port.
    """
    taken = {process.port for process in graph.all(Platform)[0].spec.processes}
    names = sorted(name for project in graph.all(Project) for name in _names(project))
    chosen: dict[str, int] = {}
    for name in names:
        wanted = int.from_bytes(sha256(name.encode()).digest()[:8], "big")
        steps = (_FIRST + (wanted + step) % _COUNT for step in range(_COUNT))
        chosen[name] = next((port for port in steps if port not in taken), _FIRST + wanted % _COUNT)
        taken.add(chosen[name])
    return chosen


def _agents(
    graph: Graph, project: Resource[Project], ports: Mapping[str, int]
) -> tuple[LocalAgent, ...]:
    names = [identity(project.name, str(member.agent)) for member in project.spec.agents]
    return tuple(
        LocalAgent(graph.get(Agent, member.agent), index, name, ports[name])
        for index, (member, name) in enumerate(zip(project.spec.agents, names, strict=True))
    )


def _servers(
    graph: Graph,
    project: Resource[Project],
    ports: Mapping[str, int],
    tools: Mapping[str, Mapping[str, tuple[str, ...]]],
) -> tuple[LocalServer, ...]:
    servers = []
    for index, name in enumerate(map(str, project.spec.servers)):
        server = graph.get(MCPServer, name)
        if server.spec.package is not None and name in tools:
            app = _app(project, name)
            servers.append(LocalServer(server, index, app, ports[app], tools[name]))
    return tuple(servers)


def identity(project: str, agent: str) -> str:
    """How an agent of a project is known to the stack's services."""
    return f"{project}.{agent}"


def token_variable(identity: str) -> str:
    """The environment variable under which clients look for the token of an identity."""
    return "ROSTER_TOKEN_" + identity.upper().replace(".", "_").replace("-", "_")


def environments(fleet: Fleet) -> tuple[str, ...]:
    """Those that clusters have, sorted."""
    return tuple(sorted({cluster.spec.environment for cluster in fleet.graph.all(Cluster)}))


def _app(project: Resource[Project], server: str) -> str:
    return f"{project.name}.mcp.{server}"


def _names(project: Resource[Project]) -> Iterator[str]:
    yield from (identity(project.name, str(member.agent)) for member in project.spec.agents)
    yield from (_app(project, str(server)) for server in project.spec.servers)
