"""What tool gateways make of their rules."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest

from compiler.verify import Report, cedar
from compiler.verify.callers import UNDECLARED, UNKNOWN
from compiler.verify.expressions import AuthorizationRules, expression
from tests.verify.artefacts import (
    ADA,
    AGENTS,
    BASE,
    manifest,
    parse_specs,
    report,
    service,
    tools,
)


# --- agentgateway
@pytest.mark.parametrize(
    ("allow", "deny", "require", "permitted"),
    [
        ([], [], [], True),
        ([], ["false"], [], True),
        ([], ["true"], [], False),
        ([], ["missing.name == 1"], [], True),
        (["false"], [], [], False),
        (["false", "true"], [], [], True),
        (["true"], ["true"], [], False),
        (["true"], [], ["missing.name == 1"], False),
        (["1"], [], [], False),
        (["(("], [], [], False),
        ([], ["(("], [], True),
    ],
)
def test_rules_of_agentgateway(
    allow: list[str], deny: list[str], require: list[str], permitted: bool
) -> None:
    rules = AuthorizationRules(*(tuple(map(expression, texts)) for texts in (allow, deny, require)))
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
    rule = {"matches": [{"path": {"value": "/github"}}], "backendRefs": [ref], **rest}
    yield manifest(f"{API}/Gateway", "tool-gateway", gateway)
    yield manifest(
        f"{API}/HTTPRoute", "github", {"parentRefs": [{"name": "tool-gateway"}], "rules": [rule]}
    )


def agentgateway(
    *specs: object, mode: str = "Strict", audiences: object = ("tool-gateway",)
) -> Report:
    static = {"host": "github.p-mcp-servers.svc.cluster.local", "port": 8080}
    provider = {"issuer": "x", "audiences": audiences}
    jwt = {"jwtAuthentication": {"mode": mode, "providers": [provider]}}
    policies = [{**AT_GATEWAY, "traffic": jwt}, *specs]
    backend = {"mcp": {"targets": [{"name": "github", "static": static}]}}
    objects = (
        *entry("agentgateway", OWN, "AgentgatewayBackend"),
        manifest(f"{OWN}/AgentgatewayBackend", "github", backend),
        *(manifest(f"{OWN}/AgentgatewayPolicy", f"x{n}", spec) for n, spec in enumerate(policies)),
    )
    return report("agentgateway", parse_specs("agentgateway"), (*BASE, service(), *objects))


BY_SUBJECT = 'jwt.sub == "system:serviceaccount:p-agents:ada"'
EXACT = f'{BY_SUBJECT} && mcp.tool.target == "github" && mcp.tool.name == "get_it"'


def test_an_exact_rule() -> None:
    assert not agentgateway({**AT_BACKEND, **rule(EXACT)}).failed


@pytest.mark.parametrize(
    ("text", "excess"),
    [
        ('mcp.tool.name == "get_it"', ("bob", "get_it")),
        (BY_SUBJECT, ("ada", "drop_it")),
        ('jwt.sub.endsWith(":ada")', (f"{UNKNOWN}/ada", "get_it")),
        (f'{BY_SUBJECT} && mcp.tool.name.startsWith("get_it")', ("ada", "get_it~")),
        (f'{BY_SUBJECT} && mcp.tool.name == "unheard_of"', ("ada", "unheard_of")),
        ('jwt.sub == "system:serviceaccount:x:y"', ("x/y", "get_it")),
    ],
)
def test_a_wide_rule_is_excess(text: str, excess: tuple[str, str]) -> None:
    assert excess in tools(agentgateway({**AT_BACKEND, **rule(EXACT, text)}).excess)


def test_rules_of_the_gateway_and_of_the_backend_are_one_set() -> None:
    result = agentgateway({**AT_BACKEND, **rule(EXACT)}, {**AT_GATEWAY, **rule("true")})
    assert ("bob", "drop_it") in tools(result.excess)


def test_without_rules_every_call_is_allowed() -> None:
    assert (f"{UNKNOWN}/{UNKNOWN}", UNDECLARED) in tools(agentgateway().excess)


@pytest.mark.parametrize(("mode", "audiences"), [("Optional", ["tool-gateway"]), ("Strict", [])])
def test_unchecked_tokens_let_every_caller_in(mode: str, audiences: object) -> None:
    result = agentgateway({**AT_BACKEND, **rule(EXACT)}, mode=mode, audiences=audiences)
    assert result.faults
    assert (f"{UNKNOWN}/{UNKNOWN}", "drop_it") in tools(result.excess)


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
        manifest(f"{XGROUP}/XBackend", "github", {"mcp": {"serviceName": "github", "port": 8080}}),
        *(
            manifest(f"{XGROUP}/XAccessPolicy", f"x{n}", {"targetRefs": at, "rules": rules})
            for n, rules in enumerate(rule_lists)
        ),
    )
    return report(
        "agentic-networking", parse_specs("agentic-networking"), (*BASE, service(), *objects)
    )


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


def test_of_several_access_policies_the_worse_reading_counts() -> None:
    result = xaccess(xrule(ONE, account("ada")), xrule(ONE, account("bob")))
    assert ("bob", "get_it") in tools(result.excess)
    assert ("ada", "get_it") in tools(result.missing)
    assert result.faults


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
        manifest(f"{API}/Gateway", "tool-gateway", gateway),
        manifest("aigateway.envoyproxy.io/MCPRoute", "github", spec),
    )
    return report("envoy-ai-gateway", parse_specs("envoy-ai-gateway"), (*BASE, service(), *objects))


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
    result = mcproute(authorization, selector)
    assert (bool(result.missing), bool(result.excess)) == (missing, excess)


def test_an_unchecked_token_can_claim_any_identity() -> None:
    assert ("bob", "drop_it") in tools(mcproute({"rules": [ALLOW]}, oauth={}).excess)
