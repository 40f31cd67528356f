"""The second opinion's readers, on artefacts written by hand: what consumers' documents say."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable
from pathlib import Path

import pytest

from compiler.parse import Document, parse
from compiler.source import Source
from compiler.verify import Malformed, Report, cedar, istio, verify
from compiler.verify.artefacts import Artefacts, read
from compiler.verify.callers import STRANGER, Caller
from compiler.verify.expressions import Rules, expression
from compiler.verify.istio import Request
from tests.test_cli import roster

WORLD = """
apiVersion: roster/v1
kind: Platform
metadata: {name: platform}
spec: {mesh: MESH, layers: [LAYER, kagent], workflowEngine: {name: engine, port: 1}}
---
apiVersion: roster/v1
kind: Cluster
metadata: {name: c}
spec: {installed: [INSTALLED]}
---
apiVersion: roster/v1
kind: MCPServer
metadata: {name: github}
spec:
  image: {repository: a/b, tag: "1"}
  package: {name: x}
  transport: {type: streamable-http, protocolVersion: REVISION}
  trust: trusted
  tools:
    - {name: get_it, annotations: {readOnlyHint: true}, kubernetes: [{resources: [pods], verbs: [get]}]}
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
AGENTS, SERVERS = "p-agents", "p-mcp-servers"
ADA = Caller(AGENTS, "ada", "p")

POD = """
apiVersion: apps/v1
kind: Deployment
metadata: {{name: {name}, namespace: {home}}}
spec:
  template:
    metadata: {{labels: {{app.kubernetes.io/name: {name}, app.kubernetes.io/component: {role}}}}}
    spec: {{serviceAccountName: {name}, containers: [{{ports: [{{name: http, containerPort: 8080}}]}}]}}
"""
PODS = (
    *(POD.format(name=name, home=AGENTS, role="agent") for name in ("ada", "bob")),
    POD.format(name="github", home=SERVERS, role="mcp-server"),
)
HOMES = tuple(
    f"apiVersion: v1\nkind: Namespace\nmetadata: {{name: {home}, labels: {{istio.io/dataplane-mode: ambient}}}}"
    for home in (AGENTS, SERVERS)
)
SERVICE = """
apiVersion: v1
kind: Service
metadata: {name: github, namespace: p-mcp-servers, labels: {istio.io/use-waypoint: waypoint}}
spec: {selector: {app.kubernetes.io/name: github}, ports: [{port: 8080, targetPort: http, appProtocol: http}]}
"""


def world(layer: str = "", mesh: str = "", *, kagent: bool = False) -> tuple[Document, ...]:
    installed = ", ".join(filter(None, (layer, mesh, "kagent" if kagent else "")))
    revision = "2026-07-28" if mesh else "2025-11-25"
    text = WORLD.replace("MESH", mesh or "none").replace("LAYER", layer or "agentgateway")
    text = text.replace("INSTALLED", installed).replace("REVISION", f'"{revision}"')
    documents, found = parse(Source("specs/all.yaml", text))
    assert not found
    return documents


def files(objects: Iterable[str]) -> dict[str, str]:
    return {f"clusters/c/{n}.yaml": textwrap.dedent(text) for n, text in enumerate(objects)}


def report(name: str, documents: tuple[Document, ...], *objects: str, **texts: str) -> Report:
    given = {path.replace("__", "/"): text for path, text in texts.items()}
    reports = verify({**files(objects), **given}, documents)
    return next(one for one in reports if one.name == name)


def calls(found: Iterable[object]) -> set[tuple[str, str, str]]:
    return {(call.agent, call.server, call.tool) for call in found}  # type: ignore[attr-defined]


def artefacts(*objects: str) -> Artefacts:
    return read(files(objects))


# NetworkPolicy


def connects(*policies: str) -> set[tuple[str, str]]:
    """Who may connect to the server, of the two agents and one stranger beside it."""
    found = report("network", world(), *PODS, *HOMES, *(netpol(text) for text in policies))
    edges = calls(found.excess)
    if ("ada", "github", "") not in calls(found.missing):
        edges.add(("ada", "github", ""))
    everybody = {
        "ada": "ada",
        "bob": "bob",
        f"{SERVERS}/{STRANGER}": "beside",
        f"{STRANGER}/{STRANGER}": "outside",
    }
    return {
        everybody[agent] for agent, server, _ in edges if server == "github" and agent in everybody
    }


def netpol(spec: str, home: str = SERVERS) -> str:
    number = abs(hash(spec))
    return (
        "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\n"
        f"metadata: {{name: n{number}, namespace: {home}}}\nspec: {spec}\n"
    )


CLOSED = "{podSelector: {}}"
HOME = "namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: p-agents}}"
IS_ADA = "podSelector: {matchLabels: {app.kubernetes.io/name: ada}}"


@pytest.mark.parametrize(
    ("policies", "expected"),
    [
        ((), {"ada", "bob", "beside", "outside"}),
        ((CLOSED,), set()),
        (("{podSelector: {}, ingress: []}",), set()),
        (("{podSelector: {}, ingress: [{}]}",), {"ada", "bob", "beside", "outside"}),
        (("{podSelector: {}, ingress: [{from: []}]}",), {"ada", "bob", "beside", "outside"}),
        (("{podSelector: {}, policyTypes: [Egress], egress: []}",), {"ada", "bob", "beside", "outside"}),
        ((f"{{podSelector: {{}}, ingress: [{{from: [{{{HOME}, {IS_ADA}}}]}}]}}",), {"ada"}),
        ((f"{{podSelector: {{}}, ingress: [{{from: [{{{HOME}}}, {{{IS_ADA}}}]}}]}}",), {"ada", "bob"}),
        ((f"{{podSelector: {{}}, ingress: [{{from: [{{{IS_ADA}}}]}}]}}",), set()),
        ((f"{{podSelector: {{}}, ingress: [{{from: [{{{HOME}}}], ports: [{{port: 9}}]}}]}}",), set()),
        ((f"{{podSelector: {{}}, ingress: [{{from: [{{{HOME}}}], ports: [{{port: http}}]}}]}}",), {"ada", "bob"}),
        ((f"{{podSelector: {{}}, ingress: [{{from: [{{{HOME}}}], ports: [{{port: 1, endPort: 9000}}]}}]}}",), {"ada", "bob"}),
        ((f"{{podSelector: {{}}, ingress: [{{from: [{{{HOME}}}], ports: [{{port: 8080, protocol: UDP}}]}}]}}",), set()),
        (("{podSelector: {}, ingress: [{from: [{podSelector: {}}]}]}",), {"beside"}),
        ((CLOSED, f"{{podSelector: {{matchLabels: {{app.kubernetes.io/name: github}}}}, ingress: [{{from: [{{{HOME}, {IS_ADA}}}]}}]}}"), {"ada"}),
        ((CLOSED, "{podSelector: {matchExpressions: [{key: app.kubernetes.io/name, operator: Exists}]}, ingress: [{}]}"), {"ada", "bob", "beside", "outside"}),
        (("{podSelector: {}, ingress: [{from: [{ipBlock: {cidr: 0.0.0.0/0}}]}]}",), set()),
    ],
)  # fmt: skip
def test_network_policies_add_up(policies: tuple[str, ...], expected: set[str]) -> None:
    assert connects(*policies) == expected


def test_both_ends_of_a_connection_must_agree() -> None:
    closed = netpol("{podSelector: {}, policyTypes: [Ingress, Egress]}", AGENTS)
    found = report("network", world(), *PODS, *HOMES, closed)
    assert not {agent for agent, server, _ in calls(found.excess) if agent in ("ada", "bob")}


@pytest.mark.parametrize(
    ("block", "faulty"),
    [
        ("{cidr: 0.0.0.0/0}", True),
        ("{cidr: 10.1.0.0/16}", True),
        ("{cidr: 0.0.0.0/0, except: [10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16]}", False),
        ("{cidr: 169.254.7.127/32}", False),
        ("{cidr: nonsense}", True),
    ],
)
def test_an_address_block_must_not_cover_pods(block: str, faulty: bool) -> None:
    policy = netpol(f"{{podSelector: {{}}, egress: [{{to: [{{ipBlock: {block}}}]}}]}}")
    faults = report("network", world(), *PODS, *HOMES, policy).faults
    assert any("clusters/c/" in fault for fault in faults) is faulty


def test_a_policy_of_another_kind_is_not_ignored() -> None:
    other = (
        "apiVersion: cilium.io/v2\nkind: CiliumNetworkPolicy\nmetadata: {name: x, namespace: a}\n"
    )
    assert report("network", world(), other).faults


# AuthorizationPolicy


def policies(*specs: str, home: str = SERVERS) -> list[istio.Policy]:
    objects = [
        "apiVersion: security.istio.io/v1\nkind: AuthorizationPolicy\n"
        f"metadata: {{name: x{n}, namespace: {home}}}\nspec: {spec}\n"
        for n, spec in enumerate(specs)
    ]
    return [istio.policy(one) for one in artefacts(*objects).all("c", "AuthorizationPolicy")]


def request(**headers: str) -> Request:
    names = {key.replace("_", "-"): value for key, value in headers.items()}
    return Request(ADA, 8080, "POST", "/mcp", names)


FROM_ADA = "from: [{source: {serviceAccounts: [p-agents/ada]}}]"
NAME = 'when: [{key: "request.headers[Mcp-Name]", values: VALUES}]'


@pytest.mark.parametrize(
    ("specs", "at_waypoint", "at_ztunnel"),
    [
        ((), True, True),
        (("{}",), False, False),
        (("{rules: []}",), False, False),
        (("{rules: [{}]}",), True, True),
        (("{action: DENY, rules: [{}]}",), False, False),
        (("{rules: [{}]}", "{action: DENY, rules: [{FROM}]}"), False, False),
        (("{}", "{rules: [{FROM}]}"), True, True),
        (("{rules: [{from: [{source: {serviceAccounts: [ada]}}]}]}",), False, False),
        (("{rules: [{from: [{source: {principals: [cluster.local/ns/p-agents/sa/*]}}]}]}",), True, True),
        (("{rules: [{from: [{source: {notNamespaces: [p-agents]}}]}]}",), False, False),
        # a ztunnel sees no request: such an ALLOW rule never matches
        (("{rules: [{FROM, to: [{operation: {methods: [POST]}}]}]}",), True, False),
        (("{rules: [{FROM, to: [{operation: {methods: [GET]}}]}]}",), False, False),
        # a DENY loses what it does not see, and is nothing if nothing is left
        (("{action: DENY, rules: [{FROM, to: [{operation: {methods: [GET]}}]}]}",), True, False),
        (("{action: DENY, rules: [{to: [{operation: {methods: [POST]}}]}]}",), False, True),
        (("{action: AUDIT, rules: [{}]}",), True, True),
    ],
)  # fmt: skip
def test_authorization_policies(
    specs: tuple[str, ...], at_waypoint: bool, at_ztunnel: bool
) -> None:
    some = policies(*(spec.replace("FROM", FROM_ADA) for spec in specs))
    assert istio.waypoint(some, request()) is at_waypoint
    assert istio.ztunnel(some, request()) is at_ztunnel


@pytest.mark.parametrize(
    ("values", "name", "allowed"),
    [
        ("[get_it]", "get_it", True),
        ("[get_it]", "GET_IT", False),
        ("[get_it]", "get_it2", False),
        ('["get_*"]', "get_it", True),
        ('["*_it"]', "get_it", True),
        ('["g*t"]', "get_it", False),
        ('["*"]', "anything", True),
        ('["*"]', "", False),
    ],
)
def test_header_values(values: str, name: str, allowed: bool) -> None:
    some = policies("{rules: [{" + NAME.replace("VALUES", values) + "}]}")
    assert istio.waypoint(some, request(mcp_name=name)) is allowed
    assert not istio.waypoint(some, request())


def test_an_absent_header_satisfies_notvalues() -> None:
    some = policies('{rules: [{when: [{key: "request.headers[mcp-name]", notValues: [x]}]}]}')
    assert istio.waypoint(some, request())
    assert not istio.waypoint(some, request(mcp_name="x"))


@pytest.mark.parametrize(
    "spec",
    [
        "{rules: [{from: []}]}",
        "{rules: [{when: [{key: source.weather, values: [x]}]}]}",
        '{rules: [{when: [{key: "request.headers[a]"}]}]}',
        "{rules: [{from: [{source: {shoeSizes: [x]}}]}]}",
        "{action: DENY}",
        "{action: CUSTOM, rules: [{}]}",
        "{rules: x}",
    ],
)
def test_what_istio_refuses_is_malformed(spec: str) -> None:
    with pytest.raises(Malformed, match="clusters/c/0.yaml"):
        policies(spec)


def mesh(*extra: str, service: str = SERVICE) -> Report:
    """A server behind a waypoint, as it should be, and what comes on top."""
    waypoint = """
        apiVersion: gateway.networking.k8s.io/v1
        kind: Gateway
        metadata: {name: waypoint, namespace: p-mcp-servers}
        spec: {gatewayClassName: istio-waypoint, listeners: [{name: mesh, port: 15008, protocol: HBONE}]}
        """
    head = "apiVersion: security.istio.io/v1\nkind: {}\nmetadata: {{name: {}, namespace: {}}}\nspec: {}\n"
    strict = [
        head.format("PeerAuthentication", "d", n, "{mtls: {mode: STRICT}}")
        for n in (AGENTS, SERVERS)
    ]
    closed = [head.format("AuthorizationPolicy", "deny-all", n, "{}") for n in (AGENTS, SERVERS)]
    engine = "{rules: [{from: [{source: {serviceAccounts: [workflows/engine]}}]}]}"
    headers = [
        ("mcp-protocol-version", '"2026-07-28"'),
        ("mcp-method", "tools/call"),
        ("mcp-name", "get_it"),
    ]
    when = [f'{{key: "request.headers[{key}]", values: [{value}]}}' for key, value in headers]
    listing = when[0] + ", " + when[1].replace("call", "list")
    to = "to: [{operation: {methods: [POST], paths: [/mcp]}}]"
    rules = (
        f"{{{FROM_ADA}, {to}, when: [{', '.join(when)}]}}, {{{FROM_ADA}, {to}, when: [{listing}]}}"
    )
    at = 'targetRefs: [{group: "", kind: Service, name: github}]'
    gate = "targetRefs: [{group: gateway.networking.k8s.io, kind: Gateway, name: waypoint}]"
    only = "selector: {matchLabels: {app.kubernetes.io/name: github}}"
    door = "rules: [{from: [{source: {serviceAccounts: [p-mcp-servers/waypoint]}}]}]"
    specs = (
        ("AuthorizationPolicy", "e", AGENTS, engine),
        ("AuthorizationPolicy", "github", SERVERS, f"{{{at}, rules: [{rules}]}}"),
        ("AuthorizationPolicy", "waypoint", SERVERS, f"{{{gate}}}"),
        ("AuthorizationPolicy", "door", SERVERS, f"{{{only}, {door}}}"),
    )
    more = [head.format(*spec) for spec in specs]
    objects = (*PODS, *HOMES, textwrap.dedent(waypoint), service, *strict, *closed, *more, *extra)
    return report("mesh", world(mesh="istio-ambient"), *objects)


def extra(spec: str, home: str = SERVERS, kind: str = "AuthorizationPolicy") -> str:
    head = (
        f"apiVersion: security.istio.io/v1\nkind: {kind}\nmetadata: {{name: x, namespace: {home}}}"
    )
    return f"{head}\nspec: {spec}\n"


def test_a_mesh_as_it_should_be_differs_in_nothing() -> None:
    found = mesh()
    assert not found.missing
    assert {call for call in calls(found.excess) if call[1] == "github"} == set()
    assert not found.faults or all(AGENTS in fault for fault in found.faults)


@pytest.mark.parametrize(
    "more",
    [
        extra('{targetRefs: [{group: "", kind: Service, name: github}], rules: [{}]}'),
        extra("{selector: {matchLabels: {app.kubernetes.io/name: github}}, rules: [{}]}"),
        extra("{rules: [{from: [{source: {namespaces: [p-agents]}}]}]}"),
        extra("{rules: [{from: [{source: {serviceAccounts: [a/b]}}]}]}", "istio-system"),
    ],
)
def test_a_second_policy_that_lets_more_through_is_excess(more: str) -> None:
    assert any(server == "github" for _, server, _ in calls(mesh(more).excess))


def test_a_service_that_leaves_the_waypoint_or_http_is_not_reached() -> None:
    for service in (
        SERVICE.replace("use-waypoint: waypoint", "use-waypoint: none"),
        SERVICE.replace(", appProtocol: http", ""),
    ):
        assert ("ada", "github", "get_it") in calls(mesh(service=service).missing)


def test_plaintext_around_the_mesh_is_a_fault() -> None:
    only = "{selector: {matchLabels: {app.kubernetes.io/name: github}}, mtls: {mode: PERMISSIVE}}"
    faults = mesh(extra(only, kind="PeerAuthentication")).faults
    assert any("STRICT" in fault and "github" in fault for fault in faults)


# agentgateway


@pytest.mark.parametrize(
    ("allow", "deny", "require", "permitted"),
    [
        ((), (), (), True),
        ((), ("false",), (), True),
        ((), ("true",), (), False),
        ((), ("nobody.name == 1",), (), True),
        (("false",), (), (), False),
        (("false", "true"), (), (), True),
        (("true",), ("true",), (), False),
        (("true",), (), ("nobody.name == 1",), False),
        (("1",), (), (), False),
        (("((",), (), (), False),
        ((), ("((",), (), True),
    ],
)
def test_rules_of_agentgateway(
    allow: tuple[str, ...], deny: tuple[str, ...], require: tuple[str, ...], permitted: bool
) -> None:
    rules = Rules(*(tuple(map(expression, texts)) for texts in (allow, deny, require)))
    assert rules.permit({}) is permitted


JWT = "{{mode: {}, providers: [{{issuer: x, audiences: {}}}]}}"


def gateway(
    expressions: str, jwt: str = JWT.format("Strict", "[tool-gateway]"), *more: str
) -> Report:
    head = "apiVersion: {}\nkind: {}\nmetadata: {{name: {}, namespace: p-mcp-servers}}\nspec: {}\n"
    api, own = "gateway.networking.k8s.io", "agentgateway.dev"
    target = "{name: github, static: {host: github.p-mcp-servers.svc.cluster.local, port: 8080}}"
    match = "matches: [{path: {value: /github}}]"
    ref = f"backendRefs: [{{group: {own}, kind: AgentgatewayBackend, name: github}}]"
    at = f"targetRefs: [{{group: {own}, kind: AgentgatewayBackend, name: github}}]"
    gate = f"targetRefs: [{{group: {api}, kind: Gateway, name: tool-gateway}}]"
    rules = f"backend: {{mcp: {{authorization: {{policy: {{matchExpressions: {expressions}}}}}}}}}"
    objects = (
        head.format(f"{api}/v1", "Gateway", "tool-gateway", "{gatewayClassName: agentgateway, listeners: [{port: 8080}]}"),
        head.format(f"{api}/v1", "HTTPRoute", "github", f"{{parentRefs: [{{name: tool-gateway}}], rules: [{{{match}, {ref}}}]}}"),
        head.format(f"{own}/v1alpha1", "AgentgatewayBackend", "github", f"{{mcp: {{targets: [{target}]}}}}"),
        head.format(f"{own}/v1alpha1", "AgentgatewayPolicy", "github", f"{{{at}, {rules}}}"),
        head.format(f"{own}/v1alpha1", "AgentgatewayPolicy", "gate", f"{{{gate}, traffic: {{jwtAuthentication: {jwt}}}}}"),
        *(head.format(f"{own}/v1alpha1", "AgentgatewayPolicy", f"m{n}", spec) for n, spec in enumerate(more)),
    )  # fmt: skip
    return report("agentgateway", world("agentgateway"), *PODS, *HOMES, SERVICE, *objects)


EXACT = """['jwt.sub == "system:serviceaccount:p-agents:ada" && mcp.tool.name == "get_it"']"""


def test_an_exact_rule_permits_what_is_granted() -> None:
    assert not gateway(EXACT).failed


@pytest.mark.parametrize(
    ("expressions", "excess"),
    [
        ("""['mcp.tool.name == "get_it"']""", ("bob", "github", "get_it")),
        ("""['jwt.sub == "system:serviceaccount:p-agents:ada"']""", ("ada", "github", "drop_it")),
        ("""['jwt.sub.endsWith(":ada")']""", (f"{STRANGER}/ada", "github", "get_it")),
        ("""['mcp.tool.name.startsWith("get")']""", ("bob", "github", "get_it")),
    ],
)
def test_a_wide_rule_is_excess(expressions: str, excess: tuple[str, str, str]) -> None:
    assert excess in calls(gateway(expressions).excess)


@pytest.mark.parametrize(
    "jwt", [JWT.format("Optional", "[tool-gateway]"), JWT.format("Strict", "[]")]
)
def test_tokens_that_nobody_checks_let_everybody_in(jwt: str) -> None:
    found = gateway(EXACT, jwt)
    assert found.faults
    assert (f"{STRANGER}/{STRANGER}", "github", "drop_it") in calls(found.excess)


def test_rules_of_the_gateway_add_up_with_those_of_the_backend() -> None:
    gate = "targetRefs: [{group: gateway.networking.k8s.io, kind: Gateway, name: tool-gateway}]"
    wide = "backend: {mcp: {authorization: {policy: {matchExpressions: ['true']}}}}"
    found = gateway(EXACT, JWT.format("Strict", "[tool-gateway]"), f"{{{gate}, {wide}}}")
    assert ("bob", "github", "drop_it") in calls(found.excess)


# Cedar


def decide(*texts: str, tool: str = "github_get_it") -> bool:
    policies = cedar.first_statements(texts)
    asked = [cedar.Request("a", tool)]
    return cedar.decide(policies, asked, {}, "tool-gateway", ())[0]


PERMIT = 'permit(principal == Client::"a", action == Action::"call_tool", resource == Tool::"github_get_it");'


@pytest.mark.parametrize(
    ("texts", "permitted"),
    [
        ((PERMIT,), True),
        ((PERMIT, "forbid(principal, action, resource);"), False),
        # of one text only the first statement counts
        ((PERMIT + "forbid(principal, action, resource);",), True),
        (("forbid(principal, action, resource);" + PERMIT,), False),
        # bare Cedar would skip a policy with an error; ToolHive denies
        ((PERMIT, "forbid(principal, action, resource) when {resource.readOnlyHint};"), False),
        (('permit(principal, action, resource in MCP::"tool-gateway");',), True),
        (('permit(principal, action, resource in MCP::"github");',), False),
    ],
)
def test_cedar_as_toolhive_uses_it(texts: tuple[str, ...], permitted: bool) -> None:
    assert decide(*texts) is permitted


@pytest.mark.parametrize(
    "text", ["", "permit(", "permit(principal == ?principal, action, resource);"]
)
def test_a_text_that_is_no_policy(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        cedar.first_statements([text])


# XAccessPolicy


def xaccess(*specs: str) -> Report:
    head = "apiVersion: {}\nkind: {}\nmetadata: {{name: {}, namespace: p-mcp-servers}}\nspec: {}\n"
    api, own = "gateway.networking.k8s.io/v1", "agentic.networking.x-k8s.io"
    ref = f"backendRefs: [{{group: {own}, kind: XBackend, name: github}}]"
    rewrite = (
        "filters: [{urlRewrite: {path: {type: ReplacePrefixMatch, replacePrefixMatch: /mcp}}}]"
    )
    rule = f"{{matches: [{{path: {{value: /github}}}}], {rewrite}, {ref}}}"
    at = f"targetRefs: [{{group: {own}, kind: XBackend, name: github}}]"
    objects = (
        head.format(api, "Gateway", "tool-gateway", "{gatewayClassName: kube-agentic-networking, listeners: [{protocol: HTTPS, port: 10001}]}"),
        head.format(api, "HTTPRoute", "github", f"{{parentRefs: [{{name: tool-gateway}}], rules: [{rule}]}}"),
        head.format(f"{own}/v0alpha0", "XBackend", "github", "{mcp: {serviceName: github, port: 8080}}"),
        *(head.format(f"{own}/v1alpha1", "XAccessPolicy", f"x{n}", spec.replace("AT", at)) for n, spec in enumerate(specs)),
    )  # fmt: skip
    return report(
        "agentic-networking", world("agentic-networking"), *PODS, *HOMES, SERVICE, *objects
    )


BASE = "mcpBaseProtocolMethodsOption: MATCH_BASE_PROTOCOL_METHODS"
METHODS = "methods: [{name: tools/call, params: [get_it]}]"
INLINE = f"authorization: {{type: Inline, mcp: {{{BASE}, {METHODS}}}}}"
BY_ADA = "source: {type: ServiceAccount, serviceAccount: {name: ada, namespace: p-agents}}"


def test_an_exact_access_policy() -> None:
    assert not xaccess(f"{{AT, rules: [{{name: a, {BY_ADA}, {INLINE}}}]}}").failed


@pytest.mark.parametrize(
    ("specs", "excess"),
    [
        ((), ("bob", "github", "drop_it")),
        (("{AT, rules: []}",), ("bob", "github", "drop_it")),
        ((f"{{AT, rules: [{{name: a, {INLINE}}}]}}",), ("bob", "github", "get_it")),
        ((f"{{AT, rules: [{{name: a, source: {{type: ServiceAccount}}, {INLINE}}}]}}",), ("bob", "github", "get_it")),
        ((f"{{AT, rules: [{{name: a, {BY_ADA}}}]}}",), ("ada", "github", "drop_it")),
        ((f"{{AT, rules: [{{name: a, {BY_ADA}, authorization: {{type: Inline, mcp: {{}}}}}}]}}",), ("ada", "github", "drop_it")),
        ((f"{{AT, rules: [{{name: a, {BY_ADA}, authorization: {{type: Inline, mcp: {{methods: [{{name: tools/call}}]}}}}}}]}}",), ("ada", "github", "drop_it")),
        # an expression that the controller refuses leaves the backend open
        ((f"{{AT, rules: [{{name: a, {BY_ADA}, authorization: {{type: CEL, cel: {{expression: request.mcp.method == 1}}}}}}]}}",), ("bob", "github", "drop_it")),
    ],
)  # fmt: skip
def test_an_open_access_policy(specs: tuple[str, ...], excess: tuple[str, str, str]) -> None:
    assert excess in calls(xaccess(*specs).excess)


def test_several_access_policies_are_judged_the_worse_way() -> None:
    exact = f"{{AT, rules: [{{name: a, {BY_ADA}, {INLINE}}}]}}"
    bob = exact.replace("name: ada", "name: bob")
    found = xaccess(exact, bob)
    assert ("bob", "github", "get_it") in calls(found.excess)
    assert ("ada", "github", "get_it") in calls(found.missing)
    assert found.faults


# MCPRoute


def mcproute(
    authorization: str, selector: str = "{}", oauth: str = "{issuer: x, audiences: [y]}"
) -> Report:
    head = "apiVersion: {}\nkind: {}\nmetadata: {{name: {}, namespace: p-mcp-servers}}\nspec: {}\n"
    backend = f"backendRefs: [{{name: github, kind: Service, port: 8080, path: /mcp, toolSelector: {selector}}}]"
    security = (
        f"securityPolicy: {{oauth: {oauth}{authorization and ', authorization: '}{authorization}}}"
    )
    objects = (
        head.format("gateway.networking.k8s.io/v1", "Gateway", "tool-gateway", "{gatewayClassName: envoy-ai-gateway, listeners: [{port: 8080}]}"),
        head.format("aigateway.envoyproxy.io/v1beta1", "MCPRoute", "github", f"{{path: /github, parentRefs: [{{name: tool-gateway}}], {backend}, {security}}}"),
    )  # fmt: skip
    return report("envoy-ai-gateway", world("envoy-ai-gateway"), *PODS, *HOMES, SERVICE, *objects)


ALLOW = "{action: Allow, source: {jwt: {claims: [{name: sub, values: ['system:serviceaccount:p-agents:ada']}]}}, target: {tools: [{backend: github, tool: get_it}]}}"


@pytest.mark.parametrize(
    ("authorization", "selector", "missing", "excess"),
    [
        (f"{{rules: [{ALLOW}]}}", "{}", False, False),
        ("", "{}", False, True),
        ("{rules: []}", "{}", True, False),
        ("{defaultAction: Allow}", "{}", False, True),
        # the first rule that matches decides
        (f"{{rules: [{{action: Deny}}, {ALLOW}]}}", "{}", True, False),
        (f"{{rules: [{ALLOW}, {{action: Allow}}]}}", "{}", False, True),
        ("{rules: [{}]}", "{}", False, True),
        # a Deny whose expression fails does not deny
        (f"{{rules: [{{action: Deny, cel: request.nothing.at == 1}}, {ALLOW}]}}", "{}", False, False),
        ("{rules: [{}]}", "{include: [get_it]}", False, True),
        (f"{{rules: [{ALLOW}]}}", "{include: []}", False, False),
        (f"{{rules: [{ALLOW}]}}", "{exclude: [get_it]}", True, False),
        (f"{{rules: [{ALLOW}]}}", "{includeRegex: [et]}", False, False),
    ],
)  # fmt: skip
def test_mcproute(authorization: str, selector: str, missing: bool, excess: bool) -> None:
    found = mcproute(authorization, selector)
    assert (bool(found.missing), bool(found.excess)) == (missing, excess)


def test_a_token_that_nobody_checks_can_claim_anything() -> None:
    assert ("bob", "github", "drop_it") in calls(
        mcproute(f"{{rules: [{ALLOW}]}}", oauth="{}").excess
    )


# kagent


def kagent(tool: str) -> Report:
    head = "apiVersion: kagent.dev/v1alpha2\nkind: {}\nmetadata: {{name: {}, namespace: p-agents}}\nspec: {}\n"
    url = "{url: 'http://github.p-mcp-servers.svc:8080/mcp'}"
    server = f"{{type: McpServer, mcpServer: {{kind: RemoteMCPServer, name: github{tool}}}}}"
    objects = (
        head.format("RemoteMCPServer", "github", url),
        head.format("Agent", "ada", f"{{declarative: {{tools: [{server}]}}}}"),
    )
    return report("kagent", world(kagent=True), PODS[-1], *HOMES, SERVICE, *objects)


def test_kagent_gives_the_named_tools() -> None:
    assert not kagent(", toolNames: [get_it]").failed


@pytest.mark.parametrize("tool", ["", ", toolNames: []"])
def test_kagent_gives_all_tools_without_names(tool: str) -> None:
    assert ("ada", "github", "drop_it") in calls(kagent(tool).excess)


def test_kagent_asks_where_nobody_wants_to_be_asked() -> None:
    found = kagent(", toolNames: [get_it], requireApproval: [get_it]")
    assert [call.approval for call in found.missing] == ["none"]
    assert [call.approval for call in found.excess] == ["human"]


# RBAC


def rbac(rules: str, *more: str, subject: str = "") -> Report:
    homes = (AGENTS, SERVERS)
    account = subject or "{kind: ServiceAccount, name: github, namespace: p-mcp-servers}"
    head = "apiVersion: rbac.authorization.k8s.io/v1\nkind: {}\nmetadata: {{name: {}, namespace: {}}}\n"
    bind = "roleRef: {{kind: Role, name: {}}}\nsubjects: [{}]\n"
    look = "[{apiGroups: [''], resources: [pods], verbs: [get, list, watch]}]"
    people = "{kind: Group, name: 'oidc:lookers'}"
    given = [head.format("Role", "github", home) + f"rules: {rules}\n" for home in homes]
    given += [
        head.format("RoleBinding", "github", h) + bind.format("github", account) for h in homes
    ]
    given += [head.format("Role", "look", home) + f"rules: {look}\n" for home in homes]
    given += [head.format("RoleBinding", "look", h) + bind.format("look", people) for h in homes]
    return report("rbac", world(), *given, *more)


RULE = "{{apiGroups: ['{}'], resources: [{}], verbs: [{}]}}"


def test_rbac_as_it_should_be() -> None:
    assert not rbac(f"[{RULE.format('', 'pods', 'get')}]").failed


@pytest.mark.parametrize(
    ("rules", "missing", "faulty"),
    [
        ("[]", True, True),
        (f"[{RULE.format('', 'pods', 'list')}]", True, True),
        (f"[{RULE.format('', 'pods', '"*"')}]", False, True),
        (f"[{RULE.format('*', '"*"', '"*"')}]", False, True),
        (f"[{RULE.format('', 'pods', 'get, delete')}]", False, True),
        ("[{apiGroups: [''], resources: [pods], verbs: [get], resourceNames: [x]}]", True, True),
    ],
)
def test_rights_add_up(rules: str, missing: bool, faulty: bool) -> None:
    found = rbac(rules)
    assert ("", "github", "get_it") in calls(found.missing) or not missing
    assert bool(found.faults) is faulty


@pytest.mark.parametrize(
    "rule",
    [
        RULE.format("", "secrets", "get"),
        RULE.format("", "pods", "delete"),
        RULE.format("", "pods/exec", "create"),
        RULE.format("*", "pods", "get"),
    ],
)
def test_a_viewer_only_looks(rule: str) -> None:
    wanted = f"[{RULE.format('', 'pods', 'get')}]"
    head = "apiVersion: rbac.authorization.k8s.io/v1\nkind: {}\nmetadata: {{name: x, namespace: p-agents}}\n"
    role = head.format("Role") + f"rules: [{rule}]\n"
    binding = (
        head.format("RoleBinding")
        + "roleRef: {kind: Role, name: x}\nsubjects: [{kind: Group, name: 'oidc:lookers'}]\n"
    )
    assert rbac(wanted, role, binding).faults


def test_a_cluster_role_is_a_fault() -> None:
    binding = (
        "apiVersion: rbac.authorization.k8s.io/v1\nkind: RoleBinding\n"
        "metadata: {name: x, namespace: p-agents}\nroleRef: {kind: ClusterRole, name: view}\n"
        "subjects: [{kind: Group, name: 'oidc:lookers'}]\n"
    )
    assert rbac(f"[{RULE.format('', 'pods', 'get')}]", binding).faults


# clients


def claude(permissions: str) -> Report:
    folder = "clients__p__ada__"
    servers = '{"mcpServers": {"github": {"env": {"TOKEN": "${TOKEN}"}}}}'
    texts = {f"{folder}.mcp.json": servers, f"{folder}.claude__settings.json": permissions}
    return report("clients", world(), **texts)


@pytest.mark.parametrize(
    ("permissions", "expected"),
    [
        ('{"allow": ["mcp__github__get_it"], "deny": ["mcp__github__drop_it"]}', set()),
        ('{"allow": ["mcp__github__get_it"]}', {("drop_it", "human")}),
        ('{"allow": ["mcp__github"], "deny": ["mcp__github__drop_it"]}', {("undeclared~tool", "none")}),
        ('{"allow": ["mcp__github__*"], "ask": ["mcp__github__get_it"], "deny": ["mcp__github__drop_it"]}', {("get_it", "human"), ("undeclared~tool", "none")}),
        ('{"deny": ["mcp__github"], "allow": ["mcp__github__drop_it"]}', set()),
        ('{"defaultMode": "bypassPermissions"}', {("drop_it", "none"), ("undeclared~tool", "none")}),
        ('{"defaultMode": "dontAsk", "allow": ["mcp__github__get_it"]}', set()),
    ],
)  # fmt: skip
def test_permissions_of_claude_code(permissions: str, expected: set[tuple[str, str]]) -> None:
    found = claude(f'{{"permissions": {permissions}}}')
    assert {(call.tool, call.approval) for call in found.excess} == expected


@pytest.mark.parametrize(
    ("value", "faulty"),
    [("${TOKEN}", False), ("${TOKEN:-s3cret}", True), ("s3cret", True), ("${input:a}", True)],
)
def test_a_literal_secret_is_a_fault_that_does_not_repeat_it(value: str, faulty: bool) -> None:
    text = f'{{"mcpServers": {{"github": {{"env": {{"TOKEN": "{value}"}}}}}}}}'
    found = report("clients-claude", world(), **{"clients__p__ada__.mcp.json": text})
    assert bool(found.faults) is faulty
    assert "s3cret" not in "".join(found.faults)


# whatever is given


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a: [1",
        "- 1",
        "null",
        "kind: Role",
        "a: &x 1\nb: *x",
        "[" * 5000,
        "kind: List\nmetadata: {name: x}",
    ],
)
def test_a_file_that_is_no_object_is_a_fault_with_its_path(text: str) -> None:
    (fault, *_) = report("files", world(), text).faults
    assert "clusters/c/0.yaml" in fault


@pytest.mark.parametrize(
    "text", ["", "{", "[]", '{"agents": 3}', '{"agents": [{"id": 1}]}', "[" * 90_000]
)
def test_a_registry_that_is_none_is_a_fault_with_its_path(text: str) -> None:
    (fault, *_) = report("registry", world(), registry__registry_json=text).faults or ("",)
    reports = verify({"registry/registry.json": text}, world())
    faults = next(one for one in reports if one.name == "registry").faults
    assert all("registry/registry.json" in fault for fault in faults)
    assert faults or text == "[]"
    assert fault


@pytest.mark.parametrize("value", ["3", "x", "[]", "[3]", "{a: 3}", "true", "{podSelector: 3}"])
@pytest.mark.parametrize(
    "kind",
    ["networking.k8s.io/v1 NetworkPolicy", "security.istio.io/v1 AuthorizationPolicy", "v1 Service",
     "gateway.networking.k8s.io/v1 Gateway", "apps/v1 Deployment", "kagent.dev/v1alpha2 Agent"],
)  # fmt: skip
def test_a_spec_of_another_shape_is_no_crash(kind: str, value: str) -> None:
    version, name = kind.split()
    text = f"apiVersion: {version}\nkind: {name}\nmetadata: {{name: x, namespace: p-agents}}\nspec: {value}\n"
    verify(files((text,)), world("agentgateway", "istio-ambient", kagent=True))


def test_specs_that_are_none() -> None:
    documents, _ = parse(Source("specs/a.yaml", "kind: Project\nmetadata: {name: p}\nspec: 3\n"))
    with pytest.raises(Malformed):
        verify({}, documents)


def test_the_command_says_what_is_no_folder(tmp_path: Path) -> None:
    (tmp_path / "specs").mkdir()
    result = roster("verify", str(tmp_path / "nowhere"), "--root", str(tmp_path))
    assert (result.returncode, result.stdout) == (2, "")


def test_the_command_reports_differences(tmp_path: Path) -> None:
    (tmp_path / "specs").mkdir()
    text = WORLD.replace("MESH", "none").replace("LAYER, kagent", "kagent")
    text = text.replace("INSTALLED", "").replace("REVISION", '"2025-11-25"')
    (tmp_path / "specs" / "all.yaml").write_text(text)
    (tmp_path / "generated").mkdir()
    result = roster("verify", "--root", str(tmp_path))
    assert result.returncode == 1
    assert "  missing  c  p/ada -> github (p-mcp-servers)\n" in result.stdout
    assert result.stdout.endswith("differ from the specs\n")
    as_json = roster("verify", "--root", str(tmp_path), "--format", "json")
    assert as_json.returncode == 1
    assert '"version": 1' in as_json.stdout
