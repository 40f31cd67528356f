"""The network layer: which pods NetworkPolicies let connect, against the connections needed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from compiler.verify.artefacts import Artefacts, by_namespace
from compiler.verify.callers import UNKNOWN
from compiler.verify.gateway import TOOL_GATEWAY, Pod
from compiler.verify.gathering import gather
from compiler.verify.netpol import Census, Firewall, apply, blocks
from compiler.verify.pods import A2A, HBONE, WAYPOINT, namespaces, pods
from compiler.verify.relation import APPROVAL, TOOLS, Call, Fault, Finding, Report, compare
from compiler.verify.specs import Estate

ROLES = ("agent", "mcp-server", "proxy")
"""The pods that only those may connect to which need to."""


def read(estate: Estate, artefacts: Artefacts) -> Report:
    """Compare the connections between pods; packets do not show which tool is called."""
    findings, judged = gather(estate, artefacts, _cluster)
    wanted = [edge for cluster in judged for edge in edges(estate, cluster)]
    calls = [call for cluster in judged for call in estate.calls(cluster)]
    silent = [(TOOLS, pair) for pair in estate.narrowed(calls)]
    silent += [(APPROVAL, call) for call in calls if call.approval == "human"]
    return compare("network", findings, wanted, inexpressible=silent)


def edges(estate: Estate, cluster: str) -> Iterator[Call]:
    """The connections that the specs need: to servers, through their proxies, and from agents to
    those that they delegate to.
    """
    for call in estate.calls(cluster):
        gate = estate.gate(cluster, call.server)
        if not gate:
            yield call.pair
            continue
        proxy = WAYPOINT if gate == "mesh" else TOOL_GATEWAY
        yield call.pair._replace(server=proxy)
        behind = f"{call.namespace}/{proxy}"
        yield call.pair._replace(project="", agent=behind)
    for project in estate.projects.values():
        if cluster in project.clusters:
            for agent, delegates in project.team.items():
                for other in delegates:
                    home = project.agents_namespace
                    yield Call(cluster, project.name, agent, home, other, "")


def _cluster(estate: Estate, artefacts: Artefacts, cluster: str) -> Iterator[Finding]:
    policies = artefacts.all(cluster, "NetworkPolicy", "networking.k8s.io")
    for object in artefacts.in_cluster(cluster):
        if object.kind.endswith("NetworkPolicy") and object.group != "networking.k8s.io":
            kind = f"{object.kind} of {object.group}"
            yield Fault(f"{object.node.path}: this reader does not know a {kind}")
    for policy in policies:
        yield from blocks(policy)
    homes = {**namespaces(artefacts, cluster), UNKNOWN: {"kubernetes.io/metadata.name": UNKNOWN}}
    present = tuple(pods(estate, artefacts, cluster))
    everything = (*present, *_unknown(present, homes))
    census = Census(frozenset(everything), by_namespace(everything), homes)
    firewall = apply(policies, census)
    yield from _closed(cluster, firewall, homes)
    wanted = frozenset(edges(estate, cluster))
    names = {project.agents_namespace: project.name for project in estate.projects.values()}
    for pod in present:
        if pod.role in ROLES:
            yield from _into(estate, cluster, firewall, pod, names, wanted)
            yield from _one_sided(estate, cluster, firewall, pod, names, wanted)


def _unknown(present: tuple[Pod, ...], homes: Mapping[str, object]) -> Iterator[Pod]:
    """A pod without labels in each namespace, and one elsewhere with the labels of each pod."""
    for home in homes:
        yield Pod(home, UNKNOWN, "", "default", {})
    for number, pod in enumerate(present):
        same_labels = replace(pod, namespace=UNKNOWN, role="", ports=(), private=())
        yield replace(same_labels, name=f"{pod.name}-{number}")


def _closed(cluster: str, firewall: Firewall, homes: Mapping[str, object]) -> Iterator[Fault]:
    """In the namespaces of agents and servers, a pod without a policy connects to nothing."""
    outside = Pod(UNKNOWN, UNKNOWN, "", "default", {})
    protected = {pod.namespace for pod in firewall.census.all_pods if pod.role in ROLES}
    for home in sorted(protected & homes.keys()):
        inside = Pod(home, UNKNOWN, "", "default", {})
        if outside in firewall.sources(inside, A2A) or inside in firewall.sources(outside, A2A):
            yield Fault(f"{cluster}: {home} is open by default")


def _into(
    estate: Estate,
    cluster: str,
    firewall: Firewall,
    pod: Pod,
    names: Mapping[str, str],
    wanted: frozenset[Call],
) -> Iterator[Finding]:
    """The connections to a pod; one that is needed must be open at the needed port."""
    meshed = estate.clusters[cluster].meshed
    ports = _ports(estate, pod)
    needed = HBONE if meshed else ports[0]
    open = {port: set(firewall.sources(pod, port)) for port in {*ports, *pod.private, needed}}
    for source in set().union(*open.values()):
        call = _edge(cluster, source, pod, names)
        if pod.role == "agent" and (source.namespace, source.name) == estate.engine:
            continue
        if call not in wanted or source in open[needed]:
            yield call
        if call in wanted and any(source in open[port] for port in pod.private):
            yield Fault(f"{cluster}: {call.agent} reaches the private port of {_at(pod)}")


def _one_sided(
    estate: Estate,
    cluster: str,
    firewall: Firewall,
    pod: Pod,
    names: Mapping[str, str],
    wanted: frozenset[Call],
) -> Iterator[Fault]:
    """Connections that only one end forbids: a change of that end would open them unnoticed."""
    port = HBONE if estate.clusters[cluster].meshed else _ports(estate, pod)[0]
    for source in firewall.admitted(pod, port):
        engine = pod.role == "agent" and (source.namespace, source.name) == estate.engine
        if source.role in ROLES and not engine and _edge(cluster, source, pod, names) not in wanted:
            yield Fault(f"{cluster}: {_at(pod)} admits {_at(source)} without need")
    for other, _ in firewall.released(pod):
        if other.role in ROLES and _edge(cluster, pod, other, names) not in wanted:
            yield Fault(f"{cluster}: {_at(pod)} may connect to {_at(other)} without need")


def _ports(estate: Estate, pod: Pod) -> tuple[int, ...]:
    """The ports where a pod takes calls, the declared one first."""
    if pod.role == "mcp-server" and pod.name in estate.servers:
        return (estate.servers[pod.name].port, *pod.ports)
    return (A2A, *pod.ports) if pod.role == "agent" else pod.ports or (A2A,)


def _edge(cluster: str, source: Pod, pod: Pod, names: Mapping[str, str]) -> Call:
    project = names.get(source.namespace, "") if source.role == "agent" else ""
    agent = source.name if project else _at(source)
    return Call(cluster, project, agent, pod.namespace, pod.name, "")


def _at(pod: Pod) -> str:
    return f"{pod.namespace}/{pod.name}"
