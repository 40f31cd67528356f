"""The second opinion's readers, on artefacts written by hand: what consumers' documents say."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import pytest

from compiler.parse import Document, parse
from compiler.source import Source
from compiler.verify import Call, Malformed, Report, cedar, istio, verify
from compiler.verify.artefacts import read
from compiler.verify.callers import STRANGER, UNDECLARED, Caller
from compiler.verify.expressions import Rules, expression
from compiler.verify.istio import Request
from tests.test_cli import roster

AGENTS, SERVERS = "p-agents", "p-mcp-servers"
ADA = Caller(AGENTS, "ada", "p")
NAME = "app.kubernetes.io/name"
SPECS = """
apiVersion: roster/v1
kind: Platform
metadata: {name: platform}
spec: {mesh: istio-ambient, layers: LAYERS, workflowEngine: {name: engine, port: 1}}
---
apiVersion: roster/v1
kind: Cluster
metadata: {name: c}
spec: {installed: INSTALLED}
---
apiVersion: roster/v1
kind: MCPServer
metadata: {name: github}
spec:
  image: {repository: a/b, tag: "1"}
  package: {name: x}
  transport: {type: streamable-http, protocolVersion: "2026-07-28"}
  trust: trusted
  tools:
    - name: get_it
      annotations: {readOnlyHint: true}
      kubernetes: [{resources: [pods], verbs: [get]}]
    - {name: drop_it}
  secrets: [{name: TOKEN, key: a}]
---
apiVersion: roster/v1
kind: Project
metadata: {name: p}
spec:
  clusters: [c]
  servers: [github]
  agents:
    - {agent: ada, grants: [{server: github, tools: read-only}]}
    - {agent: bob}
  people: [{group: "oidc:lookers", role: viewer}]
"""
"""`ada` may call `get_it` of `github`; nobody may call `drop_it`, and `bob` nothing."""


def said(*installed: str) -> tuple[Document, ...]:
    """The specs, for a cluster that has some layers installed."""
    text = SPECS.replace("LAYERS", json.dumps([one for one in installed if one != "istio-ambient"]))
    documents, found = parse(
        Source("specs/a.yaml", text.replace("INSTALLED", json.dumps(installed)))
    )
    assert not found
    return documents


def made(kind: str, name: str, spec: object = None, home: str = SERVERS, **more: object) -> str:
    """An object; `kind` begins with its group, as in `apps/Deployment`."""
    group, _, kind = kind.rpartition("/")
    metadata = {"name": name, "namespace": home, "labels": more.pop("labels", {})}
    api = f"{group}/v1" if group else "v1"
    spec = {} if spec is None else {"spec": spec}
    return json.dumps({"apiVersion": api, "kind": kind, "metadata": metadata, **spec, **more})


def pod(name: str, home: str, role: str) -> str:
    labels = {NAME: name, "app.kubernetes.io/component": role}
    container = {"ports": [{"name": "http", "containerPort": 8080}]}
    spec = {"serviceAccountName": name, "containers": [container]}
    return made(
        "apps/Deployment", name, {"template": {"metadata": {"labels": labels}, "spec": spec}}, home
    )


def service(use: str = "waypoint", protocol: str = "http") -> str:
    port = {"port": 8080, "targetPort": "http", "appProtocol": protocol}
    labels = {"istio.io/use-waypoint": use}
    return made("Service", "github", {"selector": {NAME: "github"}, "ports": [port]}, labels=labels)


AMBIENT = {"istio.io/dataplane-mode": "ambient"}
SERVER = pod("github", SERVERS, "mcp-server")
BASE = (
    *(made("Namespace", home, home="", labels=AMBIENT) for home in (AGENTS, SERVERS)),
    *(pod(agent, AGENTS, "agent") for agent in ("ada", "bob")),
    SERVER,
)


def files(objects: Iterable[str]) -> dict[str, str]:
    return {f"clusters/c/{n}.yaml": text for n, text in enumerate(objects)}


def report(
    name: str,
    documents: tuple[Document, ...],
    objects: Iterable[str] = (),
    texts: Mapping[str, str] | None = None,
) -> Report:
    reports = verify({**files(objects), **(texts or {})}, documents)
    return next(one for one in reports if one.name == name)


def tools(found: Iterable[Call]) -> set[tuple[str, str]]:
    """Who calls which tool of the server; "" for a mere connection."""
    return {(call.agent, call.tool) for call in found if call.server == "github"}


# --- NetworkPolicy


def netpol(spec: object, home: str = SERVERS, name: str = "x") -> str:
    return made("networking.k8s.io/NetworkPolicy", name, spec, home)


EVERYBODY = {"ada", "bob", f"{SERVERS}/{STRANGER}", f"{STRANGER}/{STRANGER}"}
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
        ([{**CLOSED, "policyTypes": ["Egress"]}], EVERYBODY - {f"{SERVERS}/{STRANGER}"}),
        ([ingress({**THERE, **IS_ADA})], {"ada"}),
        ([ingress(THERE, IS_ADA)], {"ada", "bob"}),
        ([ingress(IS_ADA)], set()),
        ([ingress(THERE, ports=[{"port": 9}])], set()),
        ([ingress(THERE, ports=[{"port": "http"}])], {"ada", "bob"}),
        ([ingress(THERE, ports=[{"port": 1, "endPort": 9000}])], {"ada", "bob"}),
        ([ingress(THERE, ports=[{"port": 8080, "protocol": "UDP"}])], set()),
        ([ingress({"podSelector": {}})], {f"{SERVERS}/{STRANGER}"}),
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


@pytest.mark.parametrize(
    ("block", "faulty"),
    [
        ({"cidr": "0.0.0.0/0"}, True),
        ({"cidr": "::/0"}, True),
        ({"cidr": "10.1.0.0/16"}, True),
        ({"cidr": "0.0.0.0/0", "except": ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"]}, False),
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


# --- AuthorizationPolicy


def authz(spec: object, home: str = SERVERS, name: str = "x") -> str:
    return made("security.istio.io/AuthorizationPolicy", name, spec, home)


def policies(*specs: object) -> list[istio.Policy]:
    objects = read(files(map(authz, specs))).all("c", "AuthorizationPolicy")
    return [istio.policy(one) for one in objects]


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
    """A server behind a waypoint, and all that must stand before it."""
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
    yield made("gateway.networking.k8s.io/Gateway", "waypoint", gateway)
    for home in (AGENTS, SERVERS):
        yield authz({}, home, "deny-all")
        yield peers("STRICT", {}, home, "default")
    yield authz({"rules": [source(serviceAccounts="workflows/engine")]}, AGENTS, "agents")
    yield authz({**TO_WAYPOINT}, name="waypoint")
    yield authz({**TO_SERVER, "rules": rules}, name="github")
    yield authz(
        {**ON_SERVER, "rules": [source(serviceAccounts="p-mcp-servers/waypoint")]}, name="door"
    )


def peers(mode: str, where: Mapping[str, object], home: str = SERVERS, name: str = "x") -> str:
    spec = {**where, "mtls": {"mode": mode}}
    return made("security.istio.io/PeerAuthentication", name, spec, home)


def mesh(*more: str, reached: str = "") -> Report:
    objects = (*BASE, reached or service(), *behind_waypoint(), *more)
    return report("mesh", said("istio-ambient"), objects)


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


def test_a_rule_that_takes_no_notice_of_headers_is_a_fault() -> None:
    found = mesh(authz({**TO_SERVER, "rules": [{**BY_ADA, **POST}]})).faults
    assert any("without mcp-name" in fault for fault in found)
    assert any("revision 2025-11-25" in fault for fault in found)


@pytest.mark.parametrize(
    "reached", [service(use="none"), service(use="other"), service(protocol="tcp")]
)
def test_a_waypoint_that_sees_no_requests_lets_nobody_through(reached: str) -> None:
    assert ("ada", "get_it") in tools(mesh(reached=reached).missing)


def test_plaintext_around_the_mesh_is_a_fault() -> None:
    assert any("STRICT" in fault for fault in mesh(peers("PERMISSIVE", ON_SERVER)).faults)


# --- agentgateway


@pytest.mark.parametrize(
    ("allow", "deny", "require", "permitted"),
    [
        ([], [], [], True),
        ([], ["false"], [], True),
        ([], ["true"], [], False),
        ([], ["nobody.name == 1"], [], True),
        (["false"], [], [], False),
        (["false", "true"], [], [], True),
        (["true"], ["true"], [], False),
        (["true"], [], ["nobody.name == 1"], False),
        (["1"], [], [], False),
        (["(("], [], [], False),
        ([], ["(("], [], True),
    ],
)
def test_rules_of_agentgateway(
    allow: list[str], deny: list[str], require: list[str], permitted: bool
) -> None:
    rules = Rules(*(tuple(map(expression, texts)) for texts in (allow, deny, require)))
    assert rules.permit({}) is permitted


OWN, API = "agentgateway.dev", "gateway.networking.k8s.io"
AT_GATEWAY = {"targetRefs": [{"group": API, "kind": "Gateway", "name": "tool-gateway"}]}
AT_BACKEND = {"targetRefs": [{"group": OWN, "kind": "AgentgatewayBackend", "name": "github"}]}


def rule(*texts: str) -> dict[str, Any]:
    return {"backend": {"mcp": {"authorization": {"policy": {"matchExpressions": list(texts)}}}}}


def entry(
    class_name: str, group: str, kind: str, port: int = 8080, **rest: object
) -> Iterable[str]:
    """A gateway of some class, and a route to a backend of some kind."""
    listener = {"port": port, "protocol": "HTTPS" if "kube" in class_name else "HTTP"}
    gateway = {"gatewayClassName": class_name, "listeners": [listener]}
    ref = {"group": group, "kind": kind, "name": "github"}
    one = {"matches": [{"path": {"value": "/github"}}], "backendRefs": [ref], **rest}
    yield made(f"{API}/Gateway", "tool-gateway", gateway)
    yield made(
        f"{API}/HTTPRoute", "github", {"parentRefs": [{"name": "tool-gateway"}], "rules": [one]}
    )


def agentgateway(
    *specs: object, mode: str = "Strict", audiences: object = ("tool-gateway",)
) -> Report:
    static = {"host": "github.p-mcp-servers.svc.cluster.local", "port": 8080}
    provider = {"issuer": "x", "audiences": audiences}
    jwt = {"jwtAuthentication": {"mode": mode, "providers": [provider]}}
    given = [{**AT_GATEWAY, "traffic": jwt}, *specs]
    backend = {"mcp": {"targets": [{"name": "github", "static": static}]}}
    objects = (
        *entry("agentgateway", OWN, "AgentgatewayBackend"),
        made(f"{OWN}/AgentgatewayBackend", "github", backend),
        *(made(f"{OWN}/AgentgatewayPolicy", f"x{n}", spec) for n, spec in enumerate(given)),
    )
    return report("agentgateway", said("agentgateway"), (*BASE, service(), *objects))


BY_SUBJECT = 'jwt.sub == "system:serviceaccount:p-agents:ada"'
EXACT = f'{BY_SUBJECT} && mcp.tool.target == "github" && mcp.tool.name == "get_it"'


def test_an_exact_rule() -> None:
    assert not agentgateway({**AT_BACKEND, **rule(EXACT)}).failed


@pytest.mark.parametrize(
    ("text", "excess"),
    [
        ('mcp.tool.name == "get_it"', ("bob", "get_it")),
        (BY_SUBJECT, ("ada", "drop_it")),
        ('jwt.sub.endsWith(":ada")', (f"{STRANGER}/ada", "get_it")),
        (f'{BY_SUBJECT} && mcp.tool.name.startsWith("get_it")', ("ada", "get_it~")),
        (f'{BY_SUBJECT} && mcp.tool.name == "unheard_of"', ("ada", "unheard_of")),
        ('jwt.sub == "system:serviceaccount:x:y"', ("x/y", "get_it")),
    ],
)
def test_a_wide_rule_is_excess(text: str, excess: tuple[str, str]) -> None:
    assert excess in tools(agentgateway({**AT_BACKEND, **rule(EXACT, text)}).excess)


def test_rules_of_the_gateway_and_of_the_backend_are_one_set() -> None:
    found = agentgateway({**AT_BACKEND, **rule(EXACT)}, {**AT_GATEWAY, **rule("true")})
    assert ("bob", "drop_it") in tools(found.excess)


def test_without_rules_everybody_may_do_everything() -> None:
    assert (f"{STRANGER}/{STRANGER}", UNDECLARED) in tools(agentgateway().excess)


@pytest.mark.parametrize(("mode", "audiences"), [("Optional", ["tool-gateway"]), ("Strict", [])])
def test_tokens_that_nobody_checks_let_everybody_in(mode: str, audiences: object) -> None:
    found = agentgateway({**AT_BACKEND, **rule(EXACT)}, mode=mode, audiences=audiences)
    assert found.faults
    assert (f"{STRANGER}/{STRANGER}", "drop_it") in tools(found.excess)


# --- Cedar

PERMIT = """permit(principal == Client::"a", action, resource == Tool::"github_get_it");"""
FORBID = "forbid(principal, action, resource);"


@pytest.mark.parametrize(
    ("texts", "permitted"),
    [
        ([PERMIT], True),
        ([PERMIT, FORBID], False),
        # of one text only the first statement counts
        ([PERMIT + FORBID], True),
        ([FORBID + PERMIT], False),
        # bare Cedar skips a policy with an error; ToolHive denies the request
        ([PERMIT, "forbid(principal, action, resource) when {resource.readOnlyHint};"], False),
        (['permit(principal, action, resource in MCP::"tool-gateway");'], True),
        (['permit(principal, action, resource in MCP::"github");'], False),
    ],
)
def test_cedar_as_toolhive_uses_it(texts: list[str], permitted: bool) -> None:
    kept, asked = cedar.first_statements(texts), [cedar.Request("a", "github_get_it")]
    assert cedar.decide(kept, asked, {}, "tool-gateway", ()) == [permitted]


def test_an_entity_of_the_author_gives_a_request_nothing() -> None:
    uid = {"type": "Client", "id": "a"}
    forged = {"uid": uid, "attrs": {}, "parents": [{"type": "Group", "id": "all"}]}
    kept = cedar.first_statements(['permit(principal in Group::"all", action, resource);'])
    assert cedar.decide(kept, [cedar.Request("a", "t")], {}, "s", (forged,)) == [False]


@pytest.mark.parametrize(
    "text", ["", "permit(", "permit(principal == ?principal, action, resource);"]
)
def test_a_text_that_is_no_policy(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        cedar.first_statements([text])


# --- XAccessPolicy

XGROUP = "agentic.networking.x-k8s.io"


def xaccess(*rule_lists: object) -> Report:
    rewrite = {"type": "ReplacePrefixMatch", "replacePrefixMatch": "/mcp"}
    filters = [{"type": "URLRewrite", "urlRewrite": {"path": rewrite}}]
    at = [{"group": XGROUP, "kind": "XBackend", "name": "github"}]
    objects = (
        *entry("kube-agentic-networking", XGROUP, "XBackend", 10001, filters=filters),
        made(f"{XGROUP}/XBackend", "github", {"mcp": {"serviceName": "github", "port": 8080}}),
        *(
            made(f"{XGROUP}/XAccessPolicy", f"x{n}", {"targetRefs": at, "rules": rules})
            for n, rules in enumerate(rule_lists)
        ),
    )
    return report("agentic-networking", said("agentic-networking"), (*BASE, service(), *objects))


def account(name: str) -> dict[str, Any]:
    return {"type": "ServiceAccount", "serviceAccount": {"name": name, "namespace": AGENTS}}


def inline(**mcp: object) -> dict[str, Any]:
    return {"type": "Inline", "mcp": mcp}


CALL = {"name": "tools/call", "params": ["get_it"]}
ONE = inline(methods=[CALL], mcpBaseProtocolMethodsOption="MATCH_BASE_PROTOCOL_METHODS")
REFUSED = {"type": "CEL", "cel": {"expression": "request.mcp.method == 1"}}


def xrule(authorization: object = None, source: object = None) -> list[object]:
    fields = {"source": source, "authorization": authorization}
    return [{"name": "a", **{key: value for key, value in fields.items() if value}}]


def test_an_exact_access_policy() -> None:
    assert not xaccess(xrule(ONE, account("ada"))).failed


@pytest.mark.parametrize(
    ("rule_lists", "excess"),
    [
        ([], ("bob", "drop_it")),
        ([[]], ("bob", "drop_it")),
        ([xrule(ONE)], ("bob", "get_it")),
        ([xrule(ONE, {"type": "ServiceAccount"})], ("bob", "get_it")),
        ([xrule(ONE, {**account("ada"), "type": "SPIFFE"})], ("bob", "get_it")),
        ([xrule(None, account("ada"))], ("ada", "drop_it")),
        ([xrule(inline(), account("ada"))], ("ada", "drop_it")),
        ([xrule(inline(methods=[{"name": "tools/call"}]), account("ada"))], ("ada", "drop_it")),
        ([xrule(inline(methods=[{"name": "tools"}]), account("ada"))], ("ada", "drop_it")),
        # an expression that the controller refuses leaves the backend open
        ([xrule(REFUSED, account("ada"))], ("bob", "drop_it")),
    ],
)  # fmt: skip
def test_an_open_access_policy(rule_lists: list[object], excess: tuple[str, str]) -> None:
    assert excess in tools(xaccess(*rule_lists).excess)


def test_several_access_policies_are_judged_the_worse_way() -> None:
    found = xaccess(xrule(ONE, account("ada")), xrule(ONE, account("bob")))
    assert ("bob", "get_it") in tools(found.excess)
    assert ("ada", "get_it") in tools(found.missing)
    assert found.faults


# --- MCPRoute


def mcproute(authorization: object, selector: object = None, oauth: object = None) -> Report:
    backend = {"name": "github", "kind": "Service", "port": 8080, "toolSelector": selector or {}}
    security = {"oauth": {"issuer": "x", "audiences": ["y"]} if oauth is None else oauth}
    if authorization is not None:
        security["authorization"] = authorization
    parent = {"path": "/github", "parentRefs": [{"name": "tool-gateway"}]}
    spec = {**parent, "backendRefs": [backend], "securityPolicy": security}
    gateway = {"gatewayClassName": "envoy-ai-gateway", "listeners": [{"port": 8080}]}
    objects = (
        made(f"{API}/Gateway", "tool-gateway", gateway),
        made("aigateway.envoyproxy.io/MCPRoute", "github", spec),
    )
    return report("envoy-ai-gateway", said("envoy-ai-gateway"), (*BASE, service(), *objects))


CLAIM = {"name": "sub", "values": [ADA.subject]}
ALLOW = {
    "action": "Allow",
    "source": {"jwt": {"claims": [CLAIM]}},
    "target": {"tools": [{"backend": "github", "tool": "get_it"}]},
}
FAILS = {"action": "Deny", "cel": "request.nothing.at == 1"}


@pytest.mark.parametrize(
    ("authorization", "selector", "missing", "excess"),
    [
        ({"rules": [ALLOW]}, {}, False, False),
        (None, {}, False, True),
        ({"rules": []}, {}, True, False),
        ({"defaultAction": "Allow"}, {}, False, True),
        # the first rule that matches decides
        ({"rules": [{"action": "Deny"}, ALLOW]}, {}, True, False),
        ({"rules": [ALLOW, {"action": "Allow"}]}, {}, False, True),
        ({"rules": [{}]}, {}, False, True),
        # a Deny whose expression fails does not deny
        ({"rules": [FAILS, ALLOW]}, {}, False, False),
        ({"rules": [{}]}, {"include": ["get_it"]}, False, True),
        ({"rules": [ALLOW]}, {"include": []}, False, False),
        ({"rules": [ALLOW]}, {"exclude": ["get_it"]}, True, False),
        ({"rules": [ALLOW]}, {"includeRegex": ["et"]}, False, False),
        ({"rules": [ALLOW]}, {"includeRegex": ["^et"]}, True, False),
    ],
)
def test_mcproute(authorization: object, selector: object, missing: bool, excess: bool) -> None:
    found = mcproute(authorization, selector)
    assert (bool(found.missing), bool(found.excess)) == (missing, excess)


def test_a_token_that_nobody_checks_can_claim_anything() -> None:
    assert ("bob", "drop_it") in tools(mcproute({"rules": [ALLOW]}, oauth={}).excess)


# --- kagent


def kagent(**server: object) -> Report:
    tool = {
        "type": "McpServer",
        "mcpServer": {"kind": "RemoteMCPServer", "name": "github", **server},
    }
    url = {"url": "http://github.p-mcp-servers.svc:8080/mcp"}
    objects = (
        made("kagent.dev/RemoteMCPServer", "github", url, AGENTS),
        made("kagent.dev/Agent", "ada", {"declarative": {"tools": [tool]}}, AGENTS),
    )
    return report("kagent", said("kagent"), (SERVER, service(), *objects))


def test_kagent_gives_the_named_tools() -> None:
    assert not kagent(toolNames=["get_it"]).failed


@pytest.mark.parametrize("names", [{}, {"toolNames": []}])
def test_kagent_gives_all_tools_without_names(names: dict[str, object]) -> None:
    assert ("ada", "drop_it") in tools(kagent(**names).excess)


def test_kagent_must_ask_no_more_and_no_less() -> None:
    found = kagent(toolNames=["get_it"], requireApproval=["get_it"])
    assert [call.approval for call in found.missing] == ["none"]
    assert [call.approval for call in found.excess] == ["human"]


# --- RBAC

RBAC = "rbac.authorization.k8s.io"
LOOKERS = {"kind": "Group", "name": "oidc:lookers"}
ACCOUNT = {"kind": "ServiceAccount", "name": "github", "namespace": SERVERS}


def right(group: str, resource: str, *verbs: str, **more: object) -> dict[str, object]:
    return {"apiGroups": [group], "resources": [resource], "verbs": list(verbs), **more}


def bound(
    name: str, subject: object, rules: object, home: str, kind: str = "Role"
) -> Iterable[str]:
    yield made(f"{RBAC}/Role", name, home=home, rules=rules)
    ref = {"kind": kind, "name": name}
    yield made(f"{RBAC}/RoleBinding", name, home=home, roleRef=ref, subjects=[subject])


def rbac(*rules: object, more: Iterable[str] = ()) -> Report:
    look = [right("", "pods", "get", "list", "watch")]
    objects = [
        text
        for home in (AGENTS, SERVERS)
        for pair in (bound("github", ACCOUNT, rules, home), bound("look", LOOKERS, look, home))
        for text in pair
    ]
    return report("rbac", said(), (*objects, *more))


NEEDED = right("", "pods", "get")


def test_rights_as_they_should_be() -> None:
    assert not rbac(NEEDED).failed


@pytest.mark.parametrize(
    ("rules", "missing"),
    [
        ([], True),
        ([right("", "pods", "list")], True),
        ([right("", "pods", "get", resourceNames=["x"])], True),
        ([right("", "pods", "*")], False),
        ([right("*", "*", "*")], False),
        ([NEEDED, right("", "pods", "delete")], False),
    ],
)
def test_rights_too_few_and_too_many(rules: list[object], missing: bool) -> None:
    found = rbac(*rules)
    assert (("", "get_it") in tools(found.missing)) is missing
    assert found.faults


@pytest.mark.parametrize(
    "rule",
    [
        right("", "secrets", "get"),
        right("", "pods", "delete"),
        right("", "pods/exec", "create"),
        right("*", "pods", "get"),
    ],
)
def test_a_viewer_only_looks(rule: object) -> None:
    assert rbac(NEEDED, more=bound("x", LOOKERS, [rule], AGENTS)).faults


def test_other_subjects_places_and_cluster_roles_are_faults() -> None:
    look = [right("", "pods", "get")]
    for more in (
        bound("x", {"kind": "User", "name": "eve"}, look, AGENTS),
        bound("x", {"kind": "Group", "name": "system:authenticated"}, look, AGENTS),
        bound("x", LOOKERS, look, "kube-system"),
        bound("x", LOOKERS, look, AGENTS, kind="ClusterRole"),
        [made(f"{RBAC}/ClusterRole", "x", home="", rules=look)],
    ):
        assert rbac(NEEDED, more=more).faults


# --- clients

FOLDER = "clients/p/ada/"


def claude(**permissions: object) -> set[tuple[str, str]]:
    """The tools that Claude Code calls beyond what is granted, with or without asking."""
    servers = {"mcpServers": {"github": {"env": {"TOKEN": "${TOKEN}"}}}}
    texts = {
        f"{FOLDER}.mcp.json": json.dumps(servers),
        f"{FOLDER}.claude/settings.json": json.dumps({"permissions": permissions}),
    }
    excess = report("clients", said(), texts=texts).excess
    return {(call.tool, call.approval) for call in excess}


ALL, GET_IT, DROP_IT = "mcp__github", "mcp__github__get_it", "mcp__github__drop_it"


def test_permissions_of_claude_code() -> None:
    unheard = (UNDECLARED, "none")
    assert claude(allow=[GET_IT], deny=[DROP_IT]) == set()
    assert claude(allow=[GET_IT]) == {("drop_it", "human")}
    assert claude(allow=[ALL], deny=[DROP_IT]) == {unheard}
    assert claude(allow=[ALL + "__*"], ask=[GET_IT], deny=[DROP_IT]) == {
        unheard,
        ("get_it", "human"),
    }
    assert claude(deny=[ALL], allow=[DROP_IT]) == set()
    assert claude(defaultMode="bypassPermissions") == {unheard, ("drop_it", "none")}
    assert claude(defaultMode="dontAsk", allow=[GET_IT]) == set()


@pytest.mark.parametrize(
    ("value", "faulty"),
    [("${TOKEN}", False), ("${TOKEN:-s3cret}", True), ("s3cret", True), ("${input:a}", True)],
)
def test_a_literal_secret_is_a_fault_that_does_not_repeat_it(value: str, faulty: bool) -> None:
    servers = {"mcpServers": {"github": {"env": {"TOKEN": value}}}}
    found = report("clients-claude", said(), texts={f"{FOLDER}.mcp.json": json.dumps(servers)})
    assert bool(found.faults) is faulty
    assert "s3cret" not in "".join(found.faults)


# --- whatever is given


@pytest.mark.parametrize(
    "text",
    ["", "a: [1", "- 1", "null", "kind: Role", "a: &x 1\nb: *x", "[" * 5000, made("List", "x")],
)
def test_a_file_that_is_no_object_is_a_fault_with_its_path(text: str) -> None:
    faults = report("files", said(), (text,)).faults
    assert faults
    assert all("clusters/c/0.yaml" in fault for fault in faults)


@pytest.mark.parametrize(
    "text",
    ["", "{", "[]", '{"agents": 3}', '{"agents": [{"id": 1}]}', '{"a": 1, "a": 2}', "[" * 90_000],
)
def test_a_registry_that_is_none_is_a_fault_with_its_path(text: str) -> None:
    (fault,) = report("registry", said(), texts={"registry/registry.json": text}).faults
    assert "registry/registry.json" in fault


@pytest.mark.parametrize(
    "spec", [3, "x", [], [3], {"a": 3}, True, {"podSelector": 3}, {"template": []}]
)
@pytest.mark.parametrize(
    "kind",
    [
        "networking.k8s.io/NetworkPolicy",
        "security.istio.io/AuthorizationPolicy",
        "gateway.networking.k8s.io/Gateway",
        "agentgateway.dev/AgentgatewayPolicy",
        "kagent.dev/Agent",
        "apps/Deployment",
        "Service",
    ],
)
def test_a_spec_of_another_shape_is_no_crash(kind: str, spec: object) -> None:
    documents = said("agentgateway", "istio-ambient", "kagent")
    verify(files((*BASE, made(kind, "y", spec, AGENTS))), documents)


def test_specs_that_are_none() -> None:
    documents, _ = parse(Source("specs/a.yaml", "kind: Project\nmetadata: {name: p}\nspec: 3\n"))
    with pytest.raises(Malformed):
        verify({}, documents)


# --- the command


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    (tmp_path / "specs").mkdir()
    (tmp_path / "generated").mkdir()
    text = SPECS.replace("LAYERS", "[]").replace("INSTALLED", "[]")
    (tmp_path / "specs" / "all.yaml").write_text(text)
    return tmp_path


def test_the_command_reports_differences(repository: Path) -> None:
    result = roster("verify", "--root", str(repository))
    assert result.returncode == 1
    assert "  missing  c  p/ada -> github (p-mcp-servers)\n" in result.stdout
    assert result.stdout.endswith("layers differ from the specs\n")


def test_the_command_writes_json(repository: Path) -> None:
    result = roster("verify", "--root", str(repository), "--format", "json")
    found = json.loads(result.stdout)
    assert (result.returncode, found["version"]) == (1, 1)
    assert found["layers"]["agent-config"]["missing"] == [
        {
            "cluster": "c",
            "project": "p",
            "agent": "ada",
            "namespace": "p-mcp-servers",
            "server": "github",
            "tool": "get_it",
            "approval": "none",
        }
    ]


def test_the_command_needs_a_folder_without_symlinks(repository: Path) -> None:
    nowhere = roster("verify", str(repository / "nowhere"), "--root", str(repository))
    assert (nowhere.returncode, nowhere.stdout) == (2, "")
    (repository / "generated" / "x").symlink_to("/etc")
    assert roster("verify", "--root", str(repository)).returncode == 2


def test_specs_with_errors_are_shown(repository: Path) -> None:
    (repository / "specs" / "all.yaml").write_text("a: [1")
    result = roster("verify", "--root", str(repository))
    assert (result.returncode, result.stdout) == (1, "")
    assert "specs/all.yaml" in result.stderr
