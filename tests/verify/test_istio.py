"""Istio's AuthorizationPolicies, at a waypoint and at ztunnel."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import pytest

from compiler.verify import Malformed, Report, istio
from compiler.verify.artefacts import read
from compiler.verify.istio import Request
from tests.verify.artefacts import (
    ADA,
    AGENTS,
    BASE,
    NAME,
    SERVERS,
    files,
    manifest,
    parse_specs,
    report,
    service,
    tools,
)


def authz(spec: object, home: str = SERVERS, name: str = "x") -> str:
    return manifest("security.istio.io/AuthorizationPolicy", name, spec, home)


def policies(*specs: object) -> list[istio.Policy]:
    objects = read(files(map(authz, specs))).all("c", "AuthorizationPolicy")
    return [istio.policy(object) for object in objects]


def source(**fields: object) -> dict[str, Any]:
    return {"from": [{"source": {key: [value] for key, value in fields.items()}}]}


def operation(**fields: object) -> dict[str, Any]:
    return {"to": [{"operation": {key: [value] for key, value in fields.items()}}]}


def when(key: str, **fields: object) -> dict[str, Any]:
    return {"key": key, **fields}


def request(**headers: str) -> Request:
    names = {key.replace("_", "-"): value for key, value in headers.items()}
    return Request(ADA, 8080, "POST", "/mcp", names)


BY_ADA = source(serviceAccounts=f"{AGENTS}/ada")
GET, POST = operation(methods="GET"), operation(methods="POST")


@pytest.mark.parametrize(
    ("specs", "at_waypoint", "at_ztunnel"),
    [
        ([], True, True),
        ([{}], False, False),
        ([{"rules": []}], False, False),
        ([{"rules": [{}]}], True, True),
        ([{"action": "DENY", "rules": [{}]}], False, False),
        ([{"rules": [{}]}, {"action": "DENY", "rules": [BY_ADA]}], False, False),
        ([{}, {"rules": [BY_ADA]}], True, True),
        ([{"rules": [source(serviceAccounts="ada")]}], False, False),
        ([{"rules": [source(principals="cluster.local/ns/p-agents/*")]}], True, True),
        ([{"rules": [source(principals="*/sa/bob")]}], False, False),
        ([{"rules": [source(notNamespaces=AGENTS)]}], False, False),
        ([{"rules": [source(requestPrincipals="*")]}], False, False),
        # a ztunnel sees no request: an ALLOW rule that looks at one never matches there
        ([{"rules": [{**BY_ADA, **POST}]}], True, False),
        ([{"rules": [{**BY_ADA, **GET}]}], False, False),
        # a DENY rule loses what is not seen, and is nothing if nothing is left
        ([{"action": "DENY", "rules": [{**BY_ADA, **GET}]}], True, False),
        ([{"action": "DENY", "rules": [POST]}], False, True),
        ([{"action": "AUDIT", "rules": [{}]}], True, True),
    ],
)
def test_authorization_policies(specs: list[object], at_waypoint: bool, at_ztunnel: bool) -> None:
    some = policies(*specs)
    assert istio.waypoint(some, request()) is at_waypoint
    assert istio.ztunnel(some, request()) is at_ztunnel


@pytest.mark.parametrize(
    ("value", "name", "allowed"),
    [
        ("get_it", "get_it", True),
        ("get_it", "GET_IT", False),
        ("get_it", "get_it2", False),
        ("get_*", "get_it", True),
        ("*_it", "get_it", True),
        ("g*t", "get_it", False),
        ("*", "anything", True),
        ("*", "", False),
    ],
)
def test_header_values(value: str, name: str, allowed: bool) -> None:
    some = policies({"rules": [{"when": [when("request.headers[Mcp-Name]", values=[value])]}]})
    assert istio.waypoint(some, request(mcp_name=name)) is allowed
    assert not istio.waypoint(some, request())


def test_an_absent_header_is_none_of_the_values_that_must_not_be() -> None:
    some = policies({"rules": [{"when": [when("request.headers[mcp-name]", notValues=["x"])]}]})
    assert istio.waypoint(some, request())
    assert not istio.waypoint(some, request(mcp_name="x"))


@pytest.mark.parametrize(
    "spec",
    [
        {"rules": [{"from": []}]},
        {"rules": [{"when": [when("source.weather", values=["x"])]}]},
        {"rules": [{"when": [when("request.headers[a]")]}]},
        {"rules": [source(shoeSizes="x")]},
        {"action": "DENY"},
        {"action": "CUSTOM", "rules": [{}]},
        {"rules": "x"},
    ],
)
def test_what_istio_refuses_is_malformed(spec: object) -> None:
    with pytest.raises(Malformed, match=r"clusters/c/0\.yaml"):
        policies(spec)


HEADERS = "request.headers[mcp-protocol-version]", "request.headers[mcp-method]"
TO_SERVER = {"targetRefs": [{"group": "", "kind": "Service", "name": "github"}]}
TO_WAYPOINT = {"targetRefs": [{"kind": "Gateway", "name": "waypoint"}]}
ON_SERVER = {"selector": {"matchLabels": {NAME: "github"}}}


def behind_waypoint() -> Iterable[str]:
    """A server behind a waypoint, with all policies that it needs."""
    at = operation(methods="POST", paths="/mcp")
    now = when(HEADERS[0], values=["2026-07-28"])
    call = [
        when(HEADERS[1], values=["tools/call"]),
        when("request.headers[mcp-name]", values=["get_it"]),
    ]
    rules = [
        {**BY_ADA, **at, "when": [now, when(HEADERS[1], values=["tools/list"])]},
        {**BY_ADA, **at, "when": [now, *call]},
    ]
    listener = {"name": "mesh", "port": 15008, "protocol": "HBONE"}
    gateway = {"gatewayClassName": "istio-waypoint", "listeners": [listener]}
    yield manifest("gateway.networking.k8s.io/Gateway", "waypoint", gateway)
    for home in (AGENTS, SERVERS):
        yield authz({}, home, "deny-all")
        yield peers("STRICT", {}, home, "default")
    yield authz({"rules": [source(serviceAccounts="workflows/engine")]}, AGENTS, "agents")
    yield authz({**TO_WAYPOINT}, name="waypoint")
    yield authz({**TO_SERVER, "rules": rules}, name="github")
    yield authz(
        {**ON_SERVER, "rules": [source(serviceAccounts="p-mcp-servers/waypoint")]}, name="pods"
    )


def peers(mode: str, where: Mapping[str, object], home: str = SERVERS, name: str = "x") -> str:
    spec = {**where, "mtls": {"mode": mode}}
    return manifest("security.istio.io/PeerAuthentication", name, spec, home)


def mesh(*more: str, reached: str = "") -> Report:
    objects = (*BASE, reached or service(), *behind_waypoint(), *more)
    return report("mesh", parse_specs("istio-ambient"), objects)


def test_a_mesh_as_it_should_be() -> None:
    assert not mesh().failed


@pytest.mark.parametrize(
    "more",
    [
        authz({**TO_SERVER, "rules": [{}]}),
        authz({**ON_SERVER, "rules": [{}]}),
        authz({"rules": [source(namespaces=AGENTS)]}),
        authz({"rules": [source(serviceAccounts="a/b")]}, "istio-system"),
        authz({**TO_SERVER, "rules": [{**source(serviceAccounts=f"{AGENTS}/bob"), **POST}]}),
    ],
)
def test_a_second_policy_that_lets_more_through_is_excess(more: str) -> None:
    assert tools(mesh(more).excess)


def test_a_rule_that_ignores_headers_is_a_fault() -> None:
    faults = mesh(authz({**TO_SERVER, "rules": [{**BY_ADA, **POST}]})).faults
    assert any("without mcp-name" in fault for fault in faults)
    assert any("revision 2025-11-25" in fault for fault in faults)


@pytest.mark.parametrize(
    "reached", [service(use="none"), service(use="other"), service(protocol="tcp")]
)
def test_a_waypoint_that_sees_no_requests_lets_no_call_through(reached: str) -> None:
    assert ("ada", "get_it") in tools(mesh(reached=reached).missing)


def test_plaintext_around_the_mesh_is_a_fault() -> None:
    assert any("STRICT" in fault for fault in mesh(peers("PERMISSIVE", ON_SERVER)).faults)
