"""NetworkPolicies, Ingresses and their classes.

From pkg/apis/networking/validation/validation.go of k8s.io/kubernetes.
"""

from __future__ import annotations

from typing import Any

from compiler.admit.semantics.addresses import cidr, is_strict_part, network
from compiler.admit.semantics.containers import PROTOCOLS
from compiler.admit.semantics.names import port_name
from compiler.admit.semantics.refusal import (
    Object,
    Refusal,
    Refusals,
    faulty,
    items,
    mapping,
    needed,
    one_of,
    size,
    text,
    texts,
    whole,
    within,
)
from compiler.admit.semantics.selectors import selector

_DIRECTIONS = {"Ingress", "Egress"}


def network_policy(object: Object) -> Refusals:
    """A NetworkPolicy."""
    spec = mapping(object.get("spec"))
    yield from selector(spec.get("podSelector"), "spec.podSelector")
    for direction, side in (("ingress", "from"), ("egress", "to")):
        for place, rule in items(spec.get(direction), f"spec.{direction}"):
            for where, port in items(rule.get("ports"), f"{place}.ports"):
                yield from _port(port, where)
            peers = rule.get(side)
            for index, peer in enumerate(peers if isinstance(peers, list) else ()):
                yield from _peer(mapping(peer), f"{place}.{side}[{index}]")
    if size(spec.get("policyTypes")) > 2:
        yield Refusal("spec.policyTypes", "there are more than 2")
        return
    for place, direction in texts(spec.get("policyTypes"), "spec.policyTypes"):
        yield from one_of(_DIRECTIONS, direction, place)


def _port(port: Object, at: str) -> Refusals:
    number, end = port.get("port"), whole(port.get("endPort"))
    yield from one_of(PROTOCOLS, port.get("protocol"), f"{at}.protocol")
    yield from within(1, 65535, number, f"{at}.port")
    yield from faulty(port_name, number, f"{at}.port")
    if end is None:
        return
    first = whole(number)
    if first is None:
        yield Refusal(f"{at}.endPort", "needs a number as `port`")
    else:
        yield from within(1, 65535, end, f"{at}.endPort")
        if end < first:
            yield Refusal(f"{at}.endPort", f"{end} is below `port` of {first}")


def _peer(peer: Object, at: str) -> Refusals:
    keys = [
        key for key in ("podSelector", "namespaceSelector", "ipBlock") if peer.get(key) is not None
    ]
    if not keys:
        yield Refusal(at, "needs a selector or an `ipBlock`")
    elif "ipBlock" in keys and len(keys) > 1:
        yield Refusal(at, "`ipBlock` cannot stand beside selectors")
    for key in ("podSelector", "namespaceSelector"):
        if key in keys:
            yield from selector(peer[key], f"{at}.{key}")
    if isinstance(peer.get("ipBlock"), dict):
        yield from _block(peer["ipBlock"], f"{at}.ipBlock")


def _block(block: Object, at: str) -> Refusals:
    yield from needed(cidr, block.get("cidr"), f"{at}.cidr")
    outer = network(text(block.get("cidr")))
    if outer is None:
        return
    for place, excepted in texts(block.get("except"), f"{at}.except"):
        yield from faulty(cidr, excepted, place)
        inner: Any = network(excepted)
        if inner is not None and not is_strict_part(inner, outer):
            yield Refusal(place, f"`{excepted}` is not a part of {outer}")
