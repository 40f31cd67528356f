"""NetworkPolicies: nothing talks to anything, but for the edges that follow from grants."""

from __future__ import annotations

from collections.abc import Iterable

from compiler.derive.fleet import AgentDeployment, Fleet, ServerDeployment
from compiler.derive.proxies import Proxy
from compiler.emit.clusters.proxies import home, meta
from compiler.emit.format.json import Object
from compiler.emit.format.kubernetes.labels import Workload, pods_of, selector
from compiler.emit.format.kubernetes.objects import metadata
from compiler.gateways import MESH, kagent
from compiler.gateways.mesh import HBONE
from compiler.graph import Resource
from compiler.model import Cluster

PORT = 8080
_KAGENT = kagent.RUNTIME.controller
_HBONE = {"protocol": "TCP", "port": HBONE}
_PRIVATE = ["10.0.0.0/8", "100.64.0.0/10", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16"]
_PROBES: Object = {"from": [{"ipBlock": {"cidr": "169.254.7.127/32"}}]}


def deny_all(namespace: str) -> Object:
    """No pod of the namespace talks to anybody."""
    return _policy(
        {"name": "default-deny-all", "namespace": namespace},
        {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]},
    )


def allow_dns(namespace: str) -> Object:
    """Every pod may ask the cluster's DNS."""
    dns = {**_namespace("kube-system"), "podSelector": {"matchLabels": {"k8s-app": "kube-dns"}}}
    ports = [{"protocol": protocol, "port": 53} for protocol in ("UDP", "TCP")]
    return _policy(
        {"name": "allow-dns", "namespace": namespace},
        {"podSelector": {}, "policyTypes": ["Egress"], "egress": [{"to": [dns], "ports": ports}]},
    )


def of_server(fleet: Fleet, server: ServerDeployment) -> Object:
    """Its proxy comes in, or agents with a grant; the hosts that the server names are reached."""
    port, spec = server.server.spec.transport.port, server.server.spec
    proxy = fleet.proxy_before.get(server)
    if proxy is not None:
        peers = [_proxy(proxy)]
    else:
        peers = [_pod(home(fleet, project), agent, "agent") for project, agent in server.clients]
    ports = [] if server.gateway is MESH else [port]
    hosts = sorted({int(host.partition(":")[2] or 443) for host in spec.egress})
    api = _api(server.cluster) if any(server.rights.values()) else []
    ingress = _rules("from", peers, ports, mesh=server.meshed)
    return _workload(fleet, server, ingress, [*_internet(hosts), *api])


def of_agent(fleet: Fleet, agent: AgentDeployment) -> Object:
    """It reaches its servers, the members it delegates to, its model and the platform."""
    mesh, names, before = agent.meshed, fleet.platform.namespaces, fleet.proxy_before
    egress: list[Object] = []
    for server in agent.servers:
        if server not in before:
            pod = _pod(server.namespace, server.name, "mcp-server")
            egress += _rules("to", [pod], [server.server.spec.transport.port], mesh=mesh)
    for proxy in dict.fromkeys(before[server] for server in agent.servers if server in before):
        ports = [] if proxy.gateway is MESH else [proxy.gateway.pods.port]
        egress += _rules("to", [_proxy(proxy)], ports, mesh=mesh)
    team = [_pod(agent.namespace, name, "agent") for name in agent.delegates]
    egress += _rules("to", team, [PORT], mesh=mesh)
    platform = fleet.platform
    for name, port in (
        ("context-store", platform.contextStore.port),
        (platform.registry.name, platform.registry.port),
        (platform.collector.name, platform.collector.port),
    ):
        peer = {**_namespace(names.infrastructure), "podSelector": _labels(name)}
        egress += _rules("to", [peer], [port], mesh=mesh)
    callers = [_pod(agent.namespace, name, "agent") for name in agent.delegators]
    if agent.kagent:  # its controller serves the agent's configuration, and talks to it
        egress += _rules("to", [_namespace(_KAGENT.namespace)], [_KAGENT.port], mesh=False)
        callers.append(_namespace(_KAGENT.namespace))
    engine = {**_namespace(names.workflows), "podSelector": _labels(platform.workflowEngine.name)}
    ingress = _rules("from", [*callers, engine], [PORT], mesh=mesh)
    api = _api(agent.cluster) if agent.rights else []
    return _workload(fleet, agent, ingress, [*egress, *_internet([443]), *api])


def of_proxy(fleet: Fleet, proxy: Proxy) -> Object:
    """Agents with a grant behind it come in; its servers and what steers it are reached."""
    mesh, gateway = proxy.meshed, proxy.gateway
    waypoint = gateway is MESH
    agents = [_pod(home(fleet, project), agent, "agent") for project, agent in proxy.clients]
    ingress = _rules("from", agents, [] if waypoint else [gateway.pods.port], mesh=mesh)
    egress: list[Object] = []
    for server in proxy.servers:
        pod = _pod(server.namespace, server.name, "mcp-server")
        ports = [] if waypoint else [server.server.spec.transport.port]
        egress += _rules("to", [pod], ports, mesh=mesh)
    if gateway.control is not None:
        space, labels, port = gateway.control
        peer = {**_namespace(space), "podSelector": {"matchLabels": dict(labels)}}
        egress += _rules("to", [peer], [port], mesh=False)
    spec: Object = {
        "podSelector": {"matchLabels": proxy.labels},
        "policyTypes": ["Ingress", "Egress"],
        "ingress": [*ingress, *([_PROBES] if mesh else [])],
        "egress": [*egress, *(_api(proxy.cluster) if gateway.calls_api else [])],
    }
    return _policy(meta(fleet, proxy, proxy.name), spec)


def _workload(
    fleet: Fleet, workload: Workload, ingress: list[Object], egress: list[Object]
) -> Object:
    part = pods_of(workload)
    probes = [_PROBES] if workload.meshed else []
    spec: Object = {
        "podSelector": {"matchLabels": part},
        "policyTypes": ["Ingress", "Egress"],
        "ingress": [*ingress, *probes],
        "egress": egress,
    }
    return _policy(metadata(fleet, workload), spec)


def _policy(meta: Object, spec: Object) -> Object:
    return {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "NetworkPolicy",
        "metadata": meta,
        "spec": spec,
    }


def _rules(side: str, peers: Iterable[Object], ports: Iterable[int], *, mesh: bool) -> list[Object]:
    """One rule; none where there is no peer, since an empty list of peers means everybody.

    In ambient mode traffic arrives through the tunnel on port 15008 (Istio, ambient and
    NetworkPolicy).
    """
    peers = list(peers)
    if not peers:
        return []
    tcp = [{"protocol": "TCP", "port": port} for port in ports]
    return [{side: peers, "ports": [*tcp, _HBONE] if mesh else tcp}]


def _internet(ports: list[int]) -> list[Object]:
    """Everywhere but private networks; NetworkPolicy cannot name hosts."""
    if not ports:
        return []
    block = {"ipBlock": {"cidr": "0.0.0.0/0", "except": _PRIVATE}}
    return [{"to": [block], "ports": [{"protocol": "TCP", "port": port} for port in ports]}]


def _api(cluster: Resource[Cluster]) -> list[Object]:
    """The API server, for those who call it; a check asks for its addresses."""
    api = cluster.spec.api
    if api is None:
        return []
    peers = [{"ipBlock": {"cidr": cidr}} for cidr in api.cidrs]
    return [{"to": peers, "ports": [{"protocol": "TCP", "port": api.port}]}]


def _proxy(proxy: Proxy) -> Object:
    return {**_namespace(proxy.namespace), "podSelector": {"matchLabels": proxy.labels}}


def _pod(namespace: str, name: str, part: str) -> Object:
    return {**_namespace(namespace), "podSelector": {"matchLabels": selector(name, part)}}


def _namespace(name: str) -> Object:
    return {"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": name}}}


def _labels(name: str) -> Object:
    return {"matchLabels": {"app.kubernetes.io/name": name}}
