"""The mesh: who may call which tool, as Istio's AuthorizationPolicies (ambient mode, 1.30).

Everything is denied first, by policies without rules. A waypoint decides about servers that speak
MCP 2026-07-28 or later, by header and only by lists of what is allowed: a name can be written in
base64, so that a list of what is forbidden could be bypassed. ztunnel decides who reaches the
pods themselves, so that no caller bypasses a waypoint or a gateway. ServiceAccounts are named
without a trust domain, which ztunnel would not translate.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from compiler.derive import Fleet
from compiler.derive.capacity import DEFAULTS
from compiler.derive.fleet import AgentDeployment, ServerDeployment
from compiler.derive.gates import meshed
from compiler.derive.namespaces import of_project
from compiler.derive.proxies import Proxy
from compiler.emit.format.json import Object
from compiler.emit.format.kubernetes import parameters
from compiler.emit.format.kubernetes.containers import resources
from compiler.emit.format.kubernetes.labels import pods_of
from compiler.emit.format.kubernetes.objects import custom, file, folder, metadata
from compiler.emit.format.kubernetes.proxies import gateway, grant_origins, home, meta, proxy_file
from compiler.emit.format.yaml import dump
from compiler.file import File, Origin
from compiler.gateways import MESH, chunks, gateway_api
from compiler.gateways.mesh import ACCOUNTS, RULES, VERSION
from compiler.graph import Resource
from compiler.model import Cluster, Project

FOLDERS: tuple[str, ...] = ("clusters",)
_AGENT = 8080  # where an agent listens for others
_LISTING = ["server/discover", "tools/list"]


def emit(fleet: Fleet) -> Iterator[File]:
    """The default of namespaces, then waypoints, gateways, servers and agents."""
    for cluster in fleet.graph.all(Cluster):
        if meshed(fleet.platform, cluster.spec):
            yield from _defaults(fleet, cluster)
    for proxy in fleet.proxies:
        if proxy.meshed:
            yield from _waypoint(fleet, proxy) if proxy.gateway is MESH else _gateway(fleet, proxy)
    for server in fleet.servers:
        if server.meshed and server.callers:
            yield from _server(fleet, server, fleet.proxy_before.get(server))
    for agent in fleet.agents:
        if agent.meshed:
            yield _agent(fleet, agent)


def _defaults(fleet: Fleet, cluster: Resource[Cluster]) -> Iterator[File]:
    """By default, namespaces of agents and servers allow no call, and no plain text."""
    suffixes, platform = fleet.platform.namespaces, Origin("", fleet.platform_resource, ("mesh",))
    namespaces: dict[str, Origin] = {suffixes.servers: platform, suffixes.agents: platform}
    for project in fleet.graph.all(Project):
        if cluster.name in project.spec.clusters:
            for namespace in of_project(fleet.platform, project.name):
                namespaces[namespace] = Origin("", project)
    for namespace, origin in sorted(namespaces.items()):
        where = f"clusters/{cluster.name}/namespaces/{namespace}"
        deny = _policy({"name": "deny-all", "namespace": namespace}, {})
        own = {"name": "default", "namespace": namespace}
        strict = custom(VERSION, "PeerAuthentication", own, {"mtls": {"mode": "STRICT"}})
        for object in (deny, strict):
            yield file(where, cluster, object, origin, platform)


def _waypoint(fleet: Fleet, proxy: Proxy) -> Iterator[File]:
    """The waypoint of a namespace, with a policy that denies what no server's own policy allows."""
    name = proxy.name
    kind = {"istio.io/waypoint-for": "service"}
    yield proxy_file(fleet, proxy, _parameters(parameters.metadata(fleet, proxy)))
    reference = parameters.reference(proxy, "", "ConfigMap")
    yield gateway(fleet, proxy, "istio-waypoint", "HBONE", reference, **kind)
    target = {"group": gateway_api.GROUP, "kind": "Gateway", "name": name}
    base = _policy(meta(fleet, proxy, name), {"targetRefs": [target], "action": "ALLOW"})
    yield proxy_file(fleet, proxy, base)


def _parameters(own: Object) -> Object:
    """Istio merges the texts of a ConfigMap into the objects that it makes for a Gateway."""
    main = {"name": "istio-proxy", "resources": resources(DEFAULTS)}
    text = dump({"spec": parameters.pods(main)})
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": own, "data": {"deployment": text}}


def _gateway(fleet: Fleet, proxy: Proxy) -> Iterator[File]:
    """Agents with a grant on a server behind a tool gateway may reach its pods."""
    accounts = [f"{home(fleet, project)}/{agent}" for project, agent in proxy.clients]
    own, port = meta(fleet, proxy, proxy.name), proxy.gateway.pods.port
    yield proxy_file(fleet, proxy, _pods(own, proxy.labels, accounts, port))


def _server(fleet: Fleet, server: ServerDeployment, proxy: Proxy | None) -> Iterator[File]:
    where, grants = folder(server), grant_origins(fleet, server, "spec.rules")
    this, part = Origin("", server.server), pods_of(server)
    name = server.name
    if server.gateway is MESH:
        rules = list(_rules(fleet, server))
        for number, some in enumerate(chunks(rules, RULES), start=1):
            own = metadata(fleet, server) | {"name": name if number == 1 else f"{name}.{number}"}
            target = {"group": "", "kind": "Service", "name": name}
            spec = {"targetRefs": [target], "action": "ALLOW", "rules": list(some)}
            yield file(where, server.cluster, _policy(own, spec), this, *grants)
    if proxy is not None:
        accounts, suffix = [f"{proxy.namespace}/{proxy.account}"], f".{proxy.name}"
    else:
        accounts = [f"{home(fleet, project)}/{agent}" for project, agent in server.clients]
        suffix = ""
    own = metadata(fleet, server) | {"name": f"{name}{suffix}"}
    policy = _pods(own, part, accounts, server.server.spec.transport.port)
    yield file(where, server.cluster, policy, this, *grants)


def _rules(fleet: Fleet, server: ServerDeployment) -> Iterator[Object]:
    """Two for each agent: to list tools, and to call those that are granted."""
    transport = server.server.spec.transport
    operation = {"methods": ["POST"], "paths": [transport.path]}
    revision = _header("mcp-protocol-version", [transport.protocolVersion])
    for (project, agent), tools in server.callers.items():
        source = {"serviceAccounts": [f"{home(fleet, project)}/{agent}"]}
        parts: tuple[list[Object], ...] = (
            [_header("mcp-method", _LISTING)],
            [_header("mcp-method", ["tools/call"]), _header("mcp-name", tools)],
        )
        for conditions in parts:
            yield {
                "from": [{"source": source}],
                "to": [{"operation": operation}],
                "when": [revision, *conditions],
            }


def _header(name: str, values: Iterable[str]) -> Object:
    return {"key": f"request.headers[{name}]", "values": list(values)}


def _agent(fleet: Fleet, agent: AgentDeployment) -> File:
    """Its delegators reach it, and the workflow engine."""
    platform = fleet.platform
    engine = f"{platform.namespaces.workflows}/{platform.workflowEngine.name}"
    accounts = [*(f"{agent.namespace}/{name}" for name in agent.delegators), engine]
    part = pods_of(agent)
    policy = _pods(metadata(fleet, agent), part, accounts, _AGENT)
    member = Origin("", agent.project, ("agents", agent.entry))
    return file(folder(agent), agent.cluster, policy, member)


def _pods(own: Object, labels: dict[str, str], accounts: list[str], port: int) -> Object:
    """Only these ServiceAccounts reach the pods, and only at this port.

    NetworkPolicy sees nothing but the tunnel; ztunnel compares the port within it.
    """
    to = [{"operation": {"ports": [str(port)]}}]
    rules = [
        {"from": [{"source": {"serviceAccounts": list(some)}}], "to": to}
        for some in chunks(accounts, ACCOUNTS)
    ]
    spec = {"selector": {"matchLabels": labels}, "action": "ALLOW", "rules": rules}
    return _policy(own, spec)


def _policy(own: Object, spec: dict[str, Any]) -> Object:
    return custom(VERSION, "AuthorizationPolicy", own, spec)
