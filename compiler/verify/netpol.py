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
"""Where pods live: an `ipBlock` that reaches in here reaches pods past all selectors."""


class Rule(NamedTuple):
    """Peers and ports, both of which must match; None stands for all."""

    peers: frozenset[Pod] | None
    ports: Callable[[int, Pod], bool] | None

    def allows(self, port: int, destination: Pod) -> bool:
        """Whether the rule covers a port of the pod that is called."""
        return self.ports is None or self.ports(port, destination)


class Policy(NamedTuple):
    """One NetworkPolicy; None where it does not restrict a direction."""

    namespace: str
    selects: Selector
    ingress: Rules
    egress: Rules


@dataclass(frozen=True, slots=True)
class Census:
    """All pods, the pods by namespace, and the labels of each namespace."""

    everybody: frozenset[Pod]
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


def policy(one: Object, known: Census) -> Policy:
    """A NetworkPolicy with its selectors resolved; `policyTypes` defaults as the API server does:
    ingress always, egress where there is an egress rule.
    """
    spec = one.spec
    usual = ("Ingress", "Egress") if spec["egress"].items() else ("Ingress",)
    types = spec["policyTypes"].texts() or usual
    if not set(types) <= {"Ingress", "Egress"}:
        raise spec["policyTypes"].wrong("a list of directions")
    ingress = tuple(_rule(node, "from", one, known) for node in spec["ingress"].items())
    egress = tuple(_rule(node, "to", one, known) for node in spec["egress"].items())
    return Policy(
        one.namespace,
        selector(spec["podSelector"]),
        ingress if "Ingress" in types else None,
        egress if "Egress" in types else None,
    )


def _rule(node: Node, direction: str, one: Object, known: Census) -> Rule:
    for key in node.names():
        if key not in (direction, "ports"):
            raise node.wrong("a rule of a NetworkPolicy")
    peers, ports = node[direction].items(), node["ports"].items()
    selected = [_peer(peer, one, known) for peer in peers]
    return Rule(frozenset().union(*selected) if peers else None, _ports(ports) if ports else None)


def _peer(peer: Node, one: Object, known: Census) -> frozenset[Pod]:
    if not peer.names() or set(peer.names()) - {"podSelector", "namespaceSelector", "ipBlock"}:
        raise peer.wrong("a peer")
    return known.select(peer, one.namespace) if peer["ipBlock"].absent else frozenset()


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


Rules = tuple[Rule, ...] | None
"""What holds for a pod in one direction; None: nothing selects it, so everything may pass."""


@dataclass(frozen=True, slots=True)
class Firewall:
    """All policies of a cluster at work: for each pod, the union of those that select it."""

    known: Census
    ingress: Mapping[Pod, Rules]
    egress: Mapping[Pod, Rules]

    def sources(self, destination: Pod, port: int) -> Iterator[Pod]:
        """The pods that may connect to a port: both ends must agree."""
        for source in self.admitted(destination, port):
            let_out = self.egress[source]
            if let_out is None or any(_leads(rule, port, destination) for rule in let_out):
                yield source

    def admitted(self, destination: Pod, port: int) -> set[Pod]:
        """The pods that a pod lets in at a port, whatever holds for them."""
        let_in = self.ingress[destination]
        found = set(self.known.everybody) if let_in is None else set[Pod]()
        for rule in let_in or ():
            if rule.allows(port, destination):
                found |= self.known.everybody if rule.peers is None else rule.peers
        return found - {destination}

    def released(self, source: Pod) -> set[tuple[Pod, int]]:
        """The pods and ports that a pod may turn to, whatever holds for those."""
        let_out = self.egress[source]
        everybody = Rule(None, None)
        return {
            (pod, port)
            for rule in ((everybody,) if let_out is None else let_out)
            for pod in (self.known.everybody if rule.peers is None else rule.peers)
            for port in pod.ports
            if pod != source and rule.allows(port, pod)
        }


def _leads(rule: Rule, port: int, destination: Pod) -> bool:
    inside = rule.peers is None or destination in rule.peers
    return inside and rule.allows(port, destination)


def firewall(objects: Iterable[Object], known: Census) -> Firewall:
    """All NetworkPolicies of a cluster, applied to its pods."""
    policies = by_namespace(policy(one, known) for one in objects)
    chosen = {
        pod: [one for one in policies.get(pod.namespace, ()) if one.selects(pod.labels)]
        for pod in known.everybody
    }
    return Firewall(
        known,
        {pod: _union(one.ingress for one in some) for pod, some in chosen.items()},
        {pod: _union(one.egress for one in some) for pod, some in chosen.items()},
    )


def _union(some: Iterable[Rules]) -> Rules:
    restricting = [rules for rules in some if rules is not None]
    return tuple(rule for rules in restricting for rule in rules) if restricting else None


def blocks(one: Object) -> Iterator[Fault]:
    """The rules of a policy that reach pods past all selectors: without peers, or by address."""
    for direction, side in (("ingress", "from"), ("egress", "to")):
        for rule in one.spec[direction].items():
            if not rule[side].items():
                yield Fault(f"{rule.path}: `{rule.route}` is for everybody")
            for peer in rule[side].items():
                if not peer["ipBlock"].absent and _reaches_pods(peer["ipBlock"]):
                    cidr = peer["ipBlock"]["cidr"].text()
                    yield Fault(f"{peer.path}: `{peer.route}` covers pods: {cidr}")


def _reaches_pods(block: Node) -> bool:
    """Whether a block covers private addresses beyond a single one."""
    try:
        cidr = ip_network(block["cidr"].text(), strict=False)
        excepted = [ip_network(text, strict=False) for text in block["except"].texts()]
    except ValueError:
        raise block.wrong("a block of addresses") from None
    if cidr.num_addresses == 1:
        return False
    inside = [_common(cidr, private) for private in PRIVATE]
    return any(part and not any(_within(part, hole) for hole in excepted) for part in inside)


def _common(one: Network, other: Network) -> Network | None:
    """What two networks share: the smaller one, or nothing."""
    if _within(one, other):
        return one
    return other if _within(other, one) else None


def _within(inner: Network, outer: Network) -> bool:
    if isinstance(inner, IPv4Network) and isinstance(outer, IPv4Network):
        return inner.subnet_of(outer)
    if isinstance(inner, IPv6Network) and isinstance(outer, IPv6Network):
        return inner.subnet_of(outer)
    return False
