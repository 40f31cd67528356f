"""NetworkPolicy as networking.k8s.io/v1 documents it."""

from __future__ import annotations

import pytest

from compiler.verify.callers import UNKNOWN
from tests.verify.artefacts import (
    AGENTS,
    BASE,
    NAME,
    SERVERS,
    manifest,
    parse_specs,
    report,
    tools,
)


def netpol(spec: object, home: str = SERVERS, name: str = "x") -> str:
    return manifest("networking.k8s.io/NetworkPolicy", name, spec, home)


ALL_CALLERS = {"ada", "bob", f"{SERVERS}/{UNKNOWN}", f"{UNKNOWN}/{UNKNOWN}"}
AGENTS_HOME = {"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": AGENTS}}}
IS_ADA = {"podSelector": {"matchLabels": {NAME: "ada"}}}
HAS_NAME = {"matchExpressions": [{"key": NAME, "operator": "Exists"}]}


def ingress(*peers: object, **more: object) -> dict[str, object]:
    return {"podSelector": {}, "ingress": [{"from": list(peers), **more}]}


CLOSED: dict[str, object] = {"podSelector": {}}


@pytest.mark.parametrize(
    ("specs", "expected"),
    [
        ([], ALL_CALLERS),
        ([CLOSED], set()),
        ([{**CLOSED, "ingress": []}], set()),
        ([{**CLOSED, "ingress": [{}]}], ALL_CALLERS),
        ([ingress()], ALL_CALLERS),
        ([{**CLOSED, "policyTypes": ["Egress"]}], ALL_CALLERS - {f"{SERVERS}/{UNKNOWN}"}),
        ([ingress({**AGENTS_HOME, **IS_ADA})], {"ada"}),
        ([ingress(AGENTS_HOME, IS_ADA)], {"ada", "bob"}),
        ([ingress(IS_ADA)], set()),
        ([ingress(AGENTS_HOME, ports=[{"port": 9}])], set()),
        ([ingress(AGENTS_HOME, ports=[{"port": "http"}])], {"ada", "bob"}),
        ([ingress(AGENTS_HOME, ports=[{"port": 1, "endPort": 9000}])], {"ada", "bob"}),
        ([ingress(AGENTS_HOME, ports=[{"port": 8080, "protocol": "UDP"}])], set()),
        ([ingress({"podSelector": {}})], {f"{SERVERS}/{UNKNOWN}"}),
        ([ingress({"ipBlock": {"cidr": "0.0.0.0/0"}})], set()),
        ([CLOSED, {**ingress({**AGENTS_HOME, **IS_ADA}), "podSelector": HAS_NAME}], {"ada"}),
        ([CLOSED, {"podSelector": HAS_NAME, "ingress": [{}]}], ALL_CALLERS),
    ],
)
def test_network_policies_add_up(specs: list[object], expected: set[str]) -> None:
    policies = [netpol(spec, name=f"x{n}") for n, spec in enumerate(specs)]
    result = report("network", parse_specs(), (*BASE, *policies))
    connected = {agent for agent, _ in tools(result.excess)}
    connected |= {"ada"} if ("ada", "") not in tools(result.missing) else set()
    assert connected & ALL_CALLERS == expected


def test_both_ends_of_a_connection_must_agree() -> None:
    closed = netpol({**CLOSED, "policyTypes": ["Ingress", "Egress"]}, AGENTS)
    result = report("network", parse_specs(), (*BASE, closed))
    assert ("ada", "") in tools(result.missing)
    assert ("bob", "") not in tools(result.excess)


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
    faults = report("network", parse_specs(), (*BASE, policy)).faults
    assert any("clusters/c/" in fault for fault in faults) is faulty


def test_a_policy_of_another_kind_is_not_ignored() -> None:
    other = manifest("cilium.io/CiliumNetworkPolicy", "x", {})
    assert report("network", parse_specs(), (other,)).faults
