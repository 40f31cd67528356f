"""Deployments: which agent and which server runs where, how often, and who talks to whom."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from compiler.derive.fleet import AgentDeployment, Grant, ServerDeployment
from compiler.derive.gates import gateway, has, meshed
from compiler.derive.namespaces import of_project
from compiler.graph import Graph, Resource
from compiler.model import Agent, ApiRule, Cluster, MCPServer, Platform, Project

GRACE = 60
"""Seconds that a pod has to end its work before Kubernetes kills it."""


class Deployments(NamedTuple):
    """Everything that runs."""

    agents: tuple[AgentDeployment, ...]
    servers: tuple[ServerDeployment, ...]


def deployable(server: MCPServer) -> bool:
    """Whether a server can run in a cluster: it has an image that speaks HTTP."""
    return server.image is not None and (
        server.transport.type != "stdio" or server.transport.bridge
    )


Uses = Mapping[tuple[str, str], Mapping[str, Iterable[str]]]
"""The tools that an agent of a project may call, by server."""


def deployments(graph: Graph, grants: Iterable[Grant]) -> Deployments:
    """All agents and servers of all clusters, by cluster, project and name."""
    uses: dict[tuple[str, str], dict[str, set[str]]] = {}
    for grant in grants:
        tools = uses.setdefault(grant.call[:2], {}).setdefault(grant.call.server, set())
        tools.add(grant.call.tool)
    agents: list[AgentDeployment] = []
    servers: list[ServerDeployment] = []
    for cluster in graph.all(Cluster):
        projects = [p for p in graph.all(Project) if cluster.name in p.spec.clusters]
        running = _servers(graph, cluster, projects, uses)
        servers += running.values()
        for project in projects:
            agents += _team(graph, cluster, project, running, uses)
    return Deployments(tuple(agents), tuple(servers))


def _servers(
    graph: Graph,
    cluster: Resource[Cluster],
    projects: Iterable[Resource[Project]],
    uses: Uses,
) -> dict[tuple[str, str], ServerDeployment]:
    """The servers of one cluster, by project ("" for shared ones) and name."""
    clients: dict[tuple[str, str], set[tuple[str, str]]] = {}
    owners: dict[str, Resource[Project] | None] = {"": None}
    for project in projects:
        owners[project.name] = project
        for ref in project.spec.servers:
            server = graph.get(MCPServer, ref)
            if deployable(server.spec):
                home = "" if server.spec.tenancy == "shared" else project.name
                clients.setdefault((home, server.name), set()).update(
                    (project.name, str(member.agent))
                    for member in project.spec.agents
                    if server.name in uses.get((project.name, str(member.agent)), ())
                )
    return {
        (home, name): _server(graph, cluster, owners[home], name, clients[home, name], uses)
        for home, name in sorted(clients)
    }


def _server(
    graph: Graph,
    cluster: Resource[Cluster],
    project: Resource[Project] | None,
    name: str,
    clients: Iterable[tuple[str, str]],
    uses: Uses,
) -> ServerDeployment:
    server, platform = graph.get(MCPServer, name), graph.all(Platform)[0].spec
    shared = platform.namespaces.servers
    clients = tuple(sorted(clients))
    scaling = server.spec.scaling and (cluster.spec.sizes.scaling or server.spec.scaling)
    return ServerDeployment(
        cluster=cluster,
        server=server,
        project=project,
        namespace=of_project(platform, project.name).servers if project else shared,
        minimum=scaling.minimum if scaling else 1,
        typical=scaling.typical if scaling else 1,
        maximum=scaling.maximum if scaling else 1,
        resources=cluster.spec.sizes.serverResources or server.spec.resources,
        callers={client: tuple(sorted(uses[client][name])) for client in clients},
        meshed=meshed(platform, cluster.spec),
        gateway=gateway(platform, cluster.spec, server.spec),
        rights=_rights(server, clients, uses),
    )


def _rights(
    server: Resource[MCPServer], clients: Iterable[tuple[str, str]], uses: Uses
) -> dict[str, tuple[ApiRule, ...]]:
    """By project, the rights on the Kubernetes API that the granted tools need."""
    needed = {tool.name: tool.kubernetes for tool in server.spec.tools if tool.kubernetes}
    called: dict[str, set[str]] = {}
    for project, agent in clients if needed else ():
        called.setdefault(project, set()).update(uses[project, agent][server.name])
    return {
        project: tuple(rule for name, rules in needed.items() if name in tools for rule in rules)
        for project, tools in called.items()
    }


def _team(
    graph: Graph,
    cluster: Resource[Cluster],
    project: Resource[Project],
    running: Mapping[tuple[str, str], ServerDeployment],
    uses: Uses,
) -> list[AgentDeployment]:
    platform = graph.all(Platform)[0].spec
    sizes, team = cluster.spec.sizes, project.spec.agents
    deployed = []
    for index, member in enumerate(team):
        agent = graph.get(Agent, member.agent)
        mine = sorted(uses.get((project.name, agent.name), ()))
        reached = (running.get((project.name, s)) or running.get(("", s)) for s in mine)
        deployed.append(
            AgentDeployment(
                cluster=cluster,
                project=project,
                agent=agent,
                entry=index,
                namespace=of_project(platform, project.name).agents,
                replicas=sizes.agentReplicas or member.replicas or agent.spec.replicas,
                resources=sizes.agentResources or agent.spec.resources,
                servers=tuple(server for server in reached if server is not None),
                delegates=tuple(sorted(map(str, member.delegatesTo))),
                delegators=tuple(sorted(str(m.agent) for m in team if agent.name in m.delegatesTo)),
                meshed=meshed(platform, cluster.spec),
                kagent=has(platform, cluster.spec, "kagent"),
                rights=agent.spec.kubernetes,
            )
        )
    return sorted(deployed, key=lambda deployment: deployment.name)
