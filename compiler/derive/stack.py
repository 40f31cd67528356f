"""The local stack: what PM2 runs of a project on a laptop, under which names and on which ports."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256

from compiler.derive.fleet import Fleet
from compiler.graph import Resource
from compiler.model import Agent, Cluster, MCPServer, Project

HOST = "127.0.0.1"
_FIRST, _COUNT = 20_000, 12_000
"""Ports below those that systems hand out to clients: Linux from 32768 on, others from 49152."""
Ports = Mapping[str, int]


@dataclass(frozen=True, slots=True, eq=False)
class LocalAgent:
    """An agent of a team, on a laptop."""

    agent: Resource[Agent]
    entry: int  # its place in the project's team
    identity: str  # how it is known to the stack's services, and its name in PM2
    port: int


@dataclass(frozen=True, slots=True, eq=False)
class LocalServer:
    """A server of a project that a laptop can start, and that somebody may call."""

    server: Resource[MCPServer]
    entry: int  # its place among the project's servers
    app: str  # its name in PM2
    port: int
    callers: Mapping[str, tuple[str, ...]]  # the tools that each agent may call, by its identity

    @property
    def url(self) -> str:
        """Where its agents reach it."""
        return f"http://{HOST}:{self.port}{self.server.spec.transport.path}"


def ports(fleet: Fleet) -> Ports:
    """The port of every agent and server of every project, by its name in PM2.

    A name alone decides, unless two meet on one port: so what comes and goes moves hardly another.
    """
    taken = {process.port for process in fleet.platform.processes}
    names = sorted(name for project in fleet.graph.all(Project) for name in _names(project))
    found: dict[str, int] = {}
    for name in names:
        wanted = int.from_bytes(sha256(name.encode()).digest()[:8], "big")
        steps = (_FIRST + (wanted + step) % _COUNT for step in range(_COUNT))
        found[name] = next((port for port in steps if port not in taken), _FIRST + wanted % _COUNT)
        taken.add(found[name])
    return found


def agents(fleet: Fleet, project: Resource[Project], ports: Ports) -> tuple[LocalAgent, ...]:
    """The team of a project."""
    found = []
    for index, member in enumerate(project.spec.agents):
        name = identity(project, str(member.agent))
        found.append(LocalAgent(fleet.graph.get(Agent, member.agent), index, name, ports[name]))
    return tuple(found)


def servers(fleet: Fleet, project: Resource[Project], ports: Ports) -> tuple[LocalServer, ...]:
    """The servers of a project that have a package and are granted to somebody."""
    granted, found = _granted(fleet, project), []
    for index, name in enumerate(map(str, project.spec.servers)):
        server = fleet.graph.get(MCPServer, name)
        if server.spec.package is not None and name in granted:
            app = _app(project, name)
            found.append(LocalServer(server, index, app, ports[app], granted[name]))
    return tuple(found)


def identity(project: Resource[Project], agent: str) -> str:
    """How an agent is known to the stack's services."""
    return f"{project.name}.{agent}"


def token_variable(identity: str) -> str:
    """The environment variable under which clients look for the token of an identity."""
    return "ROSTER_TOKEN_" + identity.upper().replace(".", "_").replace("-", "_")


def environments(fleet: Fleet) -> tuple[str, ...]:
    """Those that clusters have, sorted."""
    return tuple(sorted({cluster.spec.environment for cluster in fleet.graph.all(Cluster)}))


def _app(project: Resource[Project], server: str) -> str:
    return f"{project.name}.mcp.{server}"


def _names(project: Resource[Project]) -> Iterator[str]:
    yield from (identity(project, str(member.agent)) for member in project.spec.agents)
    yield from (_app(project, str(server)) for server in project.spec.servers)


def _granted(
    fleet: Fleet, project: Resource[Project]
) -> Mapping[str, Mapping[str, tuple[str, ...]]]:
    """The granted tools by server and identity, all in the order of their names."""
    found: dict[str, dict[str, tuple[str, ...]]] = {}
    for agent in sorted(str(member.agent) for member in project.spec.agents):
        for grant in fleet.grants_by_agent.get((project.name, agent), ()):
            callers, caller = found.setdefault(grant.call.server, {}), identity(project, agent)
            callers[caller] = (*callers.get(caller, ()), grant.call.tool)
    return found
