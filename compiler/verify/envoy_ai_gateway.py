"""Envoy AI Gateway (1.1): MCPRoute, with tokens checked by Envoy and ordered rules for calls.

The first rule that matches decides. Without `oauth` a token is read but not checked, so a caller
can claim any identity; without `authorization` every call is allowed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

from compiler.verify.artefacts import Artefacts, Node, Object
from compiler.verify.callers import Caller, tried, words
from compiler.verify.expressions import expression
from compiler.verify.gateway import TOOL_GATEWAY, Gateway, Pod, by_path, of_class, proxy
from compiler.verify.gathering import agree, report_calls, unknown
from compiler.verify.labels import COMPONENT
from compiler.verify.labels import NAME as APP
from compiler.verify.places import Addresses, find_addresses
from compiler.verify.relation import Fault, Finding, Instance, Report
from compiler.verify.routes import parents
from compiler.verify.specs import Estate

NAME = "envoy-ai-gateway"
GROUP = "aigateway.envoyproxy.io"
JUDGED = ("MCPRoute",)
OWNER = "gateway.envoyproxy.io/owning-gateway"
MCP_PROXY = 9856
"""Where its sidecar takes what Envoy has authenticated; it checks no signature."""
SECURITY = ("oauth", "authorization")
RULE_FIELDS = ("action", "source", "target", "cel")

Test = Callable[[Caller, str, str], bool]
"""Whether something holds for a caller, a backend and a tool."""


class RouteRule(NamedTuple):
    """One rule: what it matches, and whether it then allows."""

    allows: bool
    matches: Test


def _pods(artefacts: Artefacts, cluster: str) -> Iterator[Pod]:
    for gateway in of_class(artefacts, cluster, NAME).values():
        labels = {
            APP: "envoy",
            COMPONENT: "proxy",
            "app.kubernetes.io/managed-by": "envoy-gateway",
            f"{OWNER}-name": gateway.name,
            f"{OWNER}-namespace": gateway.namespace,
        }
        yield proxy(gateway, gateway.name, labels, (MCP_PROXY,))


GATEWAY = Gateway(NAME, _pods, account=lambda _: TOOL_GATEWAY, endpoint=by_path, prefix="{}__")


def read(estate: Estate, artefacts: Artefacts) -> Report:
    """Compare the calls that MCPRoutes permit, tool by tool."""
    return report_calls(NAME, estate, artefacts, _cluster)


def _cluster(estate: Estate, artefacts: Artefacts, cluster: str) -> Iterator[Finding]:
    yield from unknown(artefacts, cluster, GROUP, JUDGED)
    gateways = of_class(artefacts, cluster, NAME)
    addresses = find_addresses(estate, artefacts, cluster)
    objects = artefacts.all(cluster, "MCPRoute", GROUP)
    yield from agree(cluster, "MCPRoutes", map(_issuer, objects))
    for route in objects:
        if any(True for _ in parents(route, gateways)):
            yield from _route(estate, cluster, addresses, route)


def _issuer(route: Object) -> object:
    oauth = route.spec["securityPolicy"]["oauth"]
    return oauth["issuer"].value, oauth["jwks"].value


def _route(estate: Estate, cluster: str, addresses: Addresses, route: Object) -> Iterator[Finding]:
    security, path = route.spec["securityPolicy"], route.spec["path"].text("/mcp")
    checked, decide = _checked(security["oauth"]), _authorization(security["authorization"])
    if not checked:
        yield Fault(f"{route.node.path}: tokens of callers are not checked")
    for key in security.names():
        if key not in SECURITY:
            raise security[key].wrong("a known field")
    refs = route.spec["backendRefs"].items()
    selectors = [ref["toolSelector"].value for ref in refs]
    named = words([security["authorization"].value, selectors])
    for ref in refs:
        to = Instance(route.namespace, ref["name"].text())
        if not _reaches(estate, addresses, to, ref):
            yield Fault(f"{ref.path}: `{ref.route}` leads to no server of the specs")
            continue
        if path != f"/{to.server}":
            yield Fault(f"{route.node.path}: {path} leads to {to.server}")
        selected = _selected(ref["toolSelector"])

        def permits(
            caller: Caller,
            tool: str,
            selected: Callable[[str], bool] = selected,
            backend: str = to.server,
        ) -> bool:
            return selected(tool) and (not checked or decide(caller, backend, tool))

        yield from tried(estate, cluster, to, named, permits)


def _reaches(estate: Estate, addresses: Addresses, to: Instance, ref: Node) -> bool:
    """Whether a backendRef leads to a server of the specs, at the right port and path."""
    if ref["kind"].text("Service") != "Service" or ref["port"].number() not in addresses.ports.get(
        to, ()
    ):
        return False
    return ref["path"].text("/mcp") == estate.servers[to.server].path


def _checked(oauth: Node) -> bool:
    """Whether Envoy checks signature and audience; the controller does not pass the issuer on."""
    return bool(oauth["issuer"].text()) and bool(oauth["audiences"].texts())


def _authorization(node: Node) -> Test:
    """The first rule that matches, else the default; without authorization all is allowed."""
    if node.absent:
        return lambda _caller, _backend, _tool: True
    default = node["defaultAction"].text("Deny") == "Allow"
    rules = [_rule(item) for item in node["rules"].items()]

    def decide(caller: Caller, backend: str, tool: str) -> bool:
        matching = (rule.allows for rule in rules if rule.matches(caller, backend, tool))
        return next(matching, default)

    return decide


def _rule(node: Node) -> RouteRule:
    """Source, target and expression must all match; one that is missing always does."""
    for key in node.names():
        if key not in RULE_FIELDS:
            raise node[key].wrong("a known field")
    tests = [_source(node["source"])]
    if not node["target"].absent:
        targets = {(t["backend"].text(), t["tool"].text()) for t in node["target"]["tools"].items()}
        tests.append(lambda _caller, backend, tool: (backend, tool) in targets)
    if not node["cel"].absent:
        tests.append(_expression(node["cel"]))
    return RouteRule(
        node["action"].text("Allow") == "Allow",
        lambda caller, backend, tool: all(test(caller, backend, tool) for test in tests),
    )


def _source(node: Node) -> Test:
    """The claims of a token, all of which must hold; an agent's token has a subject only."""
    jwt = node["jwt"]
    claims = [(c["name"].text(), c["values"].texts()) for c in jwt["claims"].items()]
    scopes = jwt["scopes"].texts()

    def matches(caller: Caller, _backend: str, _tool: str) -> bool:
        claimed = {"sub": caller.subject}
        return not scopes and all(claimed.get(name) in values for name, values in claims)

    return matches


def _expression(node: Node) -> Test:
    """A CEL rule: a run-time error is no match, and one that does not compile stops the route."""
    program = expression(node.text())
    if program.program is None:
        raise node.wrong("CEL")

    def matches(caller: Caller, backend: str, tool: str) -> bool:
        mcp = {"method": "tools/call", "backend": backend, "tool": tool, "params": {}}
        auth = {"jwt": {"claims": {"sub": caller.subject}, "scopes": []}}
        http = {"method": "POST", "path": "", "host": "", "headers": {}}
        return program.true({"request": {**http, "auth": auth, "mcp": mcp}})

    return matches


def _selected(node: Node) -> Callable[[str], bool]:
    """Which tools the backend shows: exclusion wins; empty lists exclude and narrow nothing.

    Expressions are searched for, not anchored.
    """
    include, exclude = node["include"].texts(), node["exclude"].texts()
    try:
        included = [re.compile(text) for text in node["includeRegex"].texts()]
        excluded = [re.compile(text) for text in node["excludeRegex"].texts()]
    except re.error:
        raise node.wrong("a selector of tools") from None

    def selected(tool: str) -> bool:
        if tool in exclude or any(pattern.search(tool) for pattern in excluded):
            return False
        narrowed = bool(include or included)
        return not narrowed or tool in include or any(pattern.search(tool) for pattern in included)

    return selected
