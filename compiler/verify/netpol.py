"""NetworkPolicy, as networking.k8s.io/v1 documents it: which pods may connect to which."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import NamedTuple

from compiler.verify.artefacts import Node, Object, by_namespace
from compiler.verify.gateway import Pod
from compiler.verify.labels import Labels, Selector, selector
from compiler.verify.relation import Fault

Network = IPv4Network | IPv6Network
PRIVATE = tuple(
    ip_network(cidr)
    for cidr in ("10.0.0.0/8", "100.64.0.0/10", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7")
)
"""Addresses of pods: an `ipBlock` that overlaps these reaches pods regardless of selectors."""


class NetworkRule(NamedTuple):
    """Peers and ports, both of which must match; None means all."""

    peers: frozenset[Pod] | None
    ports: Callable[[int, Pod], bool] | None

    def allows(self, port: int, destination: Pod) -> bool:
        """Whether the rule covers a port of the destination."""
        return self.ports is None or self.ports(port, destination)


class Policy(NamedTuple):
    """One NetworkPolicy; None where it does not restrict a direction."""

    namespace: str
    selects: Selector
    ingress: NetworkRules
    egress: NetworkRules


@dataclass(frozen=True, slots=True)
class Census:
    """All pods, the pods by namespace, and the labels of each namespace."""

    all_pods: frozenset[Pod]
    pods: Mapping[str, tuple[Pod, ...]]
    namespaces: Mapping[str, Labels]

    def select(self, peer: Node, own: str) -> frozenset[Pod]:
        """The pods of a peer: without a namespaceSelector, those of the policy's own namespace."""
        homes: Iterable[str] = (own,)
        if not peer["namespaceSelector"].absent:
            chosen = selector(peer["namespaceSelector"])
            homes = [name for name, labels in self.namespaces.items() if chosen(labels)]
        wanted = selector(peer["podSelector"])
        return frozenset(
            pod for home in homes for pod in self.pods.get(home, ()) if wanted(pod.labels)
        )


def policy(object: Object, census: Census) -> Policy:
    """A NetworkPolicy with its selectors resolved; `policyTypes` defaults as the API server does:
    ingress always, egress where there is an egress rule.
    """
    spec = object.spec
    usual = ("Ingress", "Egress") if spec["egress"].items() else ("Ingress",)
    types = spec["policyTypes"].texts() or usual
    if not set(types) <= {"Ingress", "Egress"}:
        raise spec["policyTypes"].wrong("a list of directions")
    ingress = tuple(_rule(node, "from", object, census) for node in spec["ingress"].items())
    egress = tuple(_rule(node, "to", object, census) for node in spec["egress"].items())
    return Policy(
        object.namespace,
        selector(spec["podSelector"]),
        ingress if "Ingress" in types else None,
        egress if "Egress" in types else None,
    )


def _rule(node: Node, direction: str, policy: Object, census: Census) -> NetworkRule:
    for key in node.names():
        if key not in (direction, "ports"):
            raise node.wrong("a rule of a NetworkPolicy")
    peers, ports = node[direction].items(), node["ports"].items()
    selected = [_peer(peer, policy, census) for peer in peers]
    members = frozenset[Pod]().union(*selected) if peers else None
    return NetworkRule(members, _ports(ports) if ports else None)


def _peer(peer: Node, policy: Object, census: Census) -> frozenset[Pod]:
    if not peer.names() or set(peer.names()) - {"podSelector", "namespaceSelector", "ipBlock"}:
        raise peer.wrong("a peer")
    return census.select(peer, policy.namespace) if peer["ipBlock"].absent else frozenset()


def _ports(ports: tuple[Node, ...]) -> Callable[[int, Pod], bool]:
    tests = [_port(node) for node in ports if node["protocol"].text("TCP") == "TCP"]
    return lambda port, pod: any(test(port, pod) for test in tests)


def _port(node: Node) -> Callable[[int, Pod], bool]:
    if node["port"].absent:
        return lambda _port, _pod: True
    if isinstance(node["port"].value, str):
        name = node["port"].text()
        return lambda port, pod: pod.named.get(name) == port
    first = node["port"].number()
    last = node["endPort"].number(first)
    return lambda port, _pod: first <= port <= last


NetworkRules = tuple[NetworkRule, ...] | None
"""The rules for a pod in one direction; None: no policy selects it, so all traffic may pass."""


@dataclass(frozen=True, slots=True)
class Firewall:
    """The policies of a cluster: for each pod, the union of those that select it."""

    census: Census
    ingress: Mapping[Pod, NetworkRules]
    egress: Mapping[Pod, NetworkRules]

    def sources(self, destination: Pod, port: int) -> Iterator[Pod]:
        """The pods that may connect to a port: both ends must agree."""
        for source in self.admitted(destination, port):
            let_out = self.egress[source]
            if let_out is None or any(_leads(rule, port, destination) for rule in let_out):
                yield source

    def admitted(self, destination: Pod, port: int) -> set[Pod]:
        """The pods that a pod admits at a port, whatever their own egress rules."""
        let_in = self.ingress[destination]
        pods = set(self.census.all_pods) if let_in is None else set[Pod]()
        for rule in let_in or ():
            if rule.allows(port, destination):
                pods |= self.census.all_pods if rule.peers is None else rule.peers
        return pods - {destination}

    def released(self, source: Pod) -> set[tuple[Pod, int]]:
        """The pods and ports that a pod may connect to, whatever their own ingress rules."""
        let_out = self.egress[source]
        any_peer = NetworkRule(None, None)
        return {
            (pod, port)
            for rule in ((any_peer,) if let_out is None else let_out)
            for pod in (self.census.all_pods if rule.peers is None else rule.peers)
            for port in pod.ports
            if pod != source and rule.allows(port, pod)
        }


def _leads(rule: NetworkRule, port: int, destination: Pod) -> bool:
    inside = rule.peers is None or destination in rule.peers
    return inside and rule.allows(port, destination)


def apply(objects: Iterable[Object], census: Census) -> Firewall:
    """All NetworkPolicies of a cluster, applied to its pods."""
    policies = by_namespace(policy(item, census) for item in objects)
    chosen = {
        pod: [policy for policy in policies.get(pod.namespace, ()) if policy.selects(pod.labels)]
        for pod in census.all_pods
    }
    return Firewall(
        census,
        {pod: _union(policy.ingress for policy in some) for pod, some in chosen.items()},
        {pod: _union(policy.egress for policy in some) for pod, some in chosen.items()},
    )


def _union(some: Iterable[NetworkRules]) -> NetworkRules:
    restricting = [rules for rules in some if rules is not None]
    return tuple(rule for rules in restricting for rule in rules) if restricting else None


def blocks(policy: Object) -> Iterator[Fault]:
    """The rules of a policy that bypass selectors: without peers, or by address."""
    for direction, side in (("ingress", "from"), ("egress", "to")):
        for rule in policy.spec[direction].items():
            if not rule[side].items():
                yield Fault(f"{rule.path}: `{rule.route}` admits every peer")
            for peer in rule[side].items():
                if not peer["ipBlock"].absent and _reaches_pods(peer["ipBlock"]):
                    cidr = peer["ipBlock"]["cidr"].text()
                    yield Fault(f"{peer.path}: `{peer.route}` covers pods: {cidr}")


def _reaches_pods(block: Node) -> bool:
    """Whether a block covers more than a single private address."""
    try:
        cidr = ip_network(block["cidr"].text(), strict=False)
        excepted = [ip_network(text, strict=False) for text in block["except"].texts()]
    except ValueError:
        raise block.wrong("a block of addresses") from None
    if cidr.num_addresses == 1:
        return False
    inside = [_common(cidr, private) for private in PRIVATE]
    return any(part and not any(_within(part, hole) for hole in excepted) for part in inside)


def _common(first: Network, second: Network) -> Network | None:
    """The addresses that two networks share: the smaller one, or None."""
    if _within(first, second):
        return first
    return second if _within(second, first) else None


def _within(inner: Network, outer: Network) -> bool:
    if isinstance(inner, IPv4Network) and isinstance(outer, IPv4Network):
        return inner.subnet_of(outer)
    if isinstance(inner, IPv6Network) and isinstance(outer, IPv6Network):
        return inner.subnet_of(outer)
    return False
