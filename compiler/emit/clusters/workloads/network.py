"""NetworkPolicies: pods connect to nothing but what follows from grants."""

from __future__ import annotations

from compiler.derive.fleet import AgentDeployment, Fleet, ServerDeployment
from compiler.derive.proxies import Proxy
from compiler.emit.format.json import Object
from compiler.emit.format.kubernetes import network
from compiler.emit.format.kubernetes.labels import Workload, pods_of, selector
from compiler.emit.format.kubernetes.objects import metadata
from compiler.emit.format.kubernetes.proxies import home, meta
from compiler.gateways import MESH, kagent
from compiler.graph import Resource
from compiler.model import Cluster

PORT = 8080
_KAGENT = kagent.RUNTIME.controller


def deny_all(namespace: str) -> Object:
    """No pod of the namespace talks to any other."""
    return network.policy({"name": "default-deny-all", "namespace": namespace}, {})


def allow_dns(namespace: str) -> Object:
    """Every pod may ask the cluster's DNS."""
    ports = [{"protocol": protocol, "port": 53} for protocol in ("UDP", "TCP")]
    dns = {"to": [network.peer("kube-system", {"k8s-app": "kube-dns"})], "ports": ports}
    own = {"name": "allow-dns", "namespace": namespace}
    return network.policy(own, {}, egress=[dns], types=("Egress",))


def of_server(fleet: Fleet, server: ServerDeployment) -> Object:
    """Its proxy connects to it, or agents with a grant; it connects to the hosts that it names."""
    port, spec = server.server.spec.transport.port, server.server.spec
    proxy = fleet.proxy_before.get(server)
    if proxy is not None:
        peers = [_proxy(proxy)]
    else:
        peers = [_pod(home(fleet, project), agent, "agent") for project, agent in server.clients]
    ports = [] if server.gateway is MESH else [port]
    hosts = sorted({int(host.partition(":")[2] or 443) for host in spec.egress})
    api = _api(server.cluster) if any(server.rights.values()) else []
    ingress = network.rules("from", peers, ports, mesh=server.meshed)
    return _workload(fleet, server, ingress, [*network.internet(hosts), *api])


def of_agent(fleet: Fleet, agent: AgentDeployment) -> Object:
    """It connects to its servers, the members it delegates to, its model and the platform."""
    mesh, names, before = agent.meshed, fleet.platform.namespaces, fleet.proxy_before
    egress: list[Object] = []
    for server in agent.servers:
        if server not in before:
            pod = _pod(server.namespace, server.name, "mcp-server")
            egress += network.rules("to", [pod], [server.server.spec.transport.port], mesh=mesh)
    for proxy in dict.fromkeys(before[server] for server in agent.servers if server in before):
        ports = [] if proxy.gateway is MESH else [proxy.gateway.pods.port]
        egress += network.rules("to", [_proxy(proxy)], ports, mesh=mesh)
    team = [_pod(agent.namespace, name, "agent") for name in agent.delegates]
    egress += network.rules("to", team, [PORT], mesh=mesh)
    platform = fleet.platform
    for name, port in (
        ("context-store", platform.contextStore.port),
        (platform.registry.name, platform.registry.port),
        (platform.collector.name, platform.collector.port),
    ):
        peer = network.peer(names.infrastructure, _named(name))
        egress += network.rules("to", [peer], [port], mesh=mesh)
    callers = [_pod(agent.namespace, name, "agent") for name in agent.delegators]
    if agent.kagent:  # its controller serves the agent's configuration, and talks to it
        egress += network.rules("to", [network.peer(_KAGENT.namespace)], [_KAGENT.port], mesh=False)
        callers.append(network.peer(_KAGENT.namespace))
    engine = network.peer(names.workflows, _named(platform.workflowEngine.name))
    ingress = network.rules("from", [*callers, engine], [PORT], mesh=mesh)
    api = _api(agent.cluster) if agent.rights else []
    return _workload(fleet, agent, ingress, [*egress, *network.internet([443]), *api])


def of_proxy(fleet: Fleet, proxy: Proxy) -> Object:
    """Agents with a grant behind it connect to it; it connects to its servers and control plane."""
    mesh, gateway = proxy.meshed, proxy.gateway
    waypoint = gateway is MESH
    agents = [_pod(home(fleet, project), agent, "agent") for project, agent in proxy.clients]
    ingress = network.rules("from", agents, [] if waypoint else [gateway.pods.port], mesh=mesh)
    egress: list[Object] = []
    for server in proxy.servers:
        pod = _pod(server.namespace, server.name, "mcp-server")
        ports = [] if waypoint else [server.server.spec.transport.port]
        egress += network.rules("to", [pod], ports, mesh=mesh)
    if gateway.control is not None:
        space, labels, port = gateway.control
        peer = network.peer(space, labels)
        egress += network.rules("to", [peer], [port], mesh=False)
    return network.policy(
        meta(fleet, proxy, proxy.name),
        proxy.labels,
        ingress=[*ingress, *([network.PROBES] if mesh else [])],
        egress=[*egress, *(_api(proxy.cluster) if gateway.calls_api else [])],
    )


def _workload(
    fleet: Fleet, workload: Workload, ingress: list[Object], egress: list[Object]
) -> Object:
    probes = [network.PROBES] if workload.meshed else []
    return network.policy(
        metadata(fleet, workload), pods_of(workload), ingress=[*ingress, *probes], egress=egress
    )


def _api(cluster: Resource[Cluster]) -> list[Object]:
    """The API server, for those who call it; a check asks for its addresses."""
    api = cluster.spec.api
    if api is None:
        return []
    ports = [{"protocol": "TCP", "port": api.port}]
    return [{"to": [network.block(cidr) for cidr in api.cidrs], "ports": ports}]


def _proxy(proxy: Proxy) -> Object:
    return network.peer(proxy.namespace, proxy.labels)


def _pod(namespace: str, name: str, component: str) -> Object:
    return network.peer(namespace, selector(name, component))


def _named(name: str) -> dict[str, str]:
    return {"app.kubernetes.io/name": name}
