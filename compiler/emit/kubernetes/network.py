"""NetworkPolicies: nothing talks to anything, but for the edges that follow from grants."""

from __future__ import annotations

from collections.abc import Iterable

from compiler.derive.fleet import AgentDeployment, Fleet, ServerDeployment
from compiler.emit.kubernetes.objects import Object, Workload, component, metadata, selector

PORT = 8080
_HBONE = {"protocol": "TCP", "port": 15008}
_PRIVATE = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16"]
_PROBES: Object = {"from": [{"ipBlock": {"cidr": "169.254.7.127/32"}}]}


def meshed(fleet: Fleet, workload: Workload) -> bool:
    """Whether the workload's cluster runs the platform's mesh."""
    return fleet.platform.mesh in workload.cluster.spec.installed


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
    """Agents with a grant come in; the hosts that the server names are reached."""
    space = fleet.platform.namespaces.agents
    peers = [_pod(f"{project}-{space}", agent, "agent") for project, agent in server.clients]
    ports = sorted({int(host.partition(":")[2] or 443) for host in server.server.spec.egress})
    mesh = meshed(fleet, server)
    ingress = _rules("from", peers, [server.server.spec.transport.port], mesh=mesh)
    return _workload(fleet, server, ingress, _internet(ports))


def of_agent(fleet: Fleet, agent: AgentDeployment) -> Object:
    """It reaches its servers, the members it delegates to, its model and the platform."""
    mesh, names = meshed(fleet, agent), fleet.platform.namespaces
    egress: list[Object] = []
    for server in agent.servers:
        pod = _pod(server.namespace, server.name, "mcp-server")
        egress += _rules("to", [pod], [server.server.spec.transport.port], mesh=mesh)
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
    engine = {**_namespace(names.workflows), "podSelector": _labels(platform.workflowEngine.name)}
    ingress = _rules("from", [*callers, engine], [PORT], mesh=mesh)
    return _workload(fleet, agent, ingress, [*egress, *_internet([443])])


def _workload(
    fleet: Fleet, workload: Workload, ingress: list[Object], egress: list[Object]
) -> Object:
    part = selector(workload.name, component(workload))
    probes = [_PROBES] if meshed(fleet, workload) else []
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


def _pod(namespace: str, name: str, part: str) -> Object:
    return {**_namespace(namespace), "podSelector": {"matchLabels": selector(name, part)}}


def _namespace(name: str) -> Object:
    return {"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": name}}}


def _labels(name: str) -> Object:
    return {"matchLabels": {"app.kubernetes.io/name": name}}
