"""NetworkPolicy as networking.k8s.io/v1 documents it."""

from __future__ import annotations

import pytest

from compiler.verify.callers import UNKNOWN
from tests.verify.artefacts import (
    AGENTS,
    BASE,
    NAME,
    SERVERS,
    made,
    report,
    said,
    tools,
)


def netpol(spec: object, home: str = SERVERS, name: str = "x") -> str:
    return made("networking.k8s.io/NetworkPolicy", name, spec, home)


EVERYBODY = {"ada", "bob", f"{SERVERS}/{UNKNOWN}", f"{UNKNOWN}/{UNKNOWN}"}
THERE = {"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": AGENTS}}}
IS_ADA = {"podSelector": {"matchLabels": {NAME: "ada"}}}
HAS_NAME = {"matchExpressions": [{"key": NAME, "operator": "Exists"}]}


def ingress(*peers: object, **more: object) -> dict[str, object]:
    return {"podSelector": {}, "ingress": [{"from": list(peers), **more}]}


CLOSED: dict[str, object] = {"podSelector": {}}


@pytest.mark.parametrize(
    ("specs", "expected"),
    [
        ([], EVERYBODY),
        ([CLOSED], set()),
        ([{**CLOSED, "ingress": []}], set()),
        ([{**CLOSED, "ingress": [{}]}], EVERYBODY),
        ([ingress()], EVERYBODY),
        ([{**CLOSED, "policyTypes": ["Egress"]}], EVERYBODY - {f"{SERVERS}/{UNKNOWN}"}),
        ([ingress({**THERE, **IS_ADA})], {"ada"}),
        ([ingress(THERE, IS_ADA)], {"ada", "bob"}),
        ([ingress(IS_ADA)], set()),
        ([ingress(THERE, ports=[{"port": 9}])], set()),
        ([ingress(THERE, ports=[{"port": "http"}])], {"ada", "bob"}),
        ([ingress(THERE, ports=[{"port": 1, "endPort": 9000}])], {"ada", "bob"}),
        ([ingress(THERE, ports=[{"port": 8080, "protocol": "UDP"}])], set()),
        ([ingress({"podSelector": {}})], {f"{SERVERS}/{UNKNOWN}"}),
        ([ingress({"ipBlock": {"cidr": "0.0.0.0/0"}})], set()),
        ([CLOSED, {**ingress({**THERE, **IS_ADA}), "podSelector": HAS_NAME}], {"ada"}),
        ([CLOSED, {"podSelector": HAS_NAME, "ingress": [{}]}], EVERYBODY),
    ],
)
def test_network_policies_add_up(specs: list[object], expected: set[str]) -> None:
    given = [netpol(spec, name=f"x{n}") for n, spec in enumerate(specs)]
    found = report("network", said(), (*BASE, *given))
    connected = {agent for agent, _ in tools(found.excess)}
    connected |= {"ada"} if ("ada", "") not in tools(found.missing) else set()
    assert connected & EVERYBODY == expected


def test_both_ends_of_a_connection_must_agree() -> None:
    closed = netpol({**CLOSED, "policyTypes": ["Ingress", "Egress"]}, AGENTS)
    found = report("network", said(), (*BASE, closed))
    assert ("ada", "") in tools(found.missing)
    assert ("bob", "") not in tools(found.excess)


PRIVATE = ["10.0.0.0/8", "100.64.0.0/10", "172.16.0.0/12", "192.168.0.0/16"]


@pytest.mark.parametrize(
    ("block", "faulty"),
    [
        ({"cidr": "0.0.0.0/0"}, True),
        ({"cidr": "::/0"}, True),
        ({"cidr": "10.1.0.0/16"}, True),
        ({"cidr": "0.0.0.0/0", "except": ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"]}, True),
        ({"cidr": "0.0.0.0/0", "except": PRIVATE}, False),
        ({"cidr": "169.254.7.127/32"}, False),
        ({"cidr": "nonsense"}, True),
    ],
)
def test_an_address_block_must_not_cover_pods(block: object, faulty: bool) -> None:
    policy = netpol({**CLOSED, "egress": [{"to": [{"ipBlock": block}]}]})
    faults = report("network", said(), (*BASE, policy)).faults
    assert any("clusters/c/" in fault for fault in faults) is faulty


def test_a_policy_of_another_kind_is_not_ignored() -> None:
    other = made("cilium.io/CiliumNetworkPolicy", "x", {})
    assert report("network", said(), (other,)).faults
