"""agentgateway in Kubernetes (1.4): JWT at the Gateway, CEL rules for each call of a tool.

Rules attach to the Gateway, a route or a backend, and apply together. A route's
settings for tokens replace those of its Gateway, unless the Gateway's say `Override`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from compiler.verify.artefacts import Artefacts, Node, Object, by_namespace
from compiler.verify.callers import Caller, tried, words
from compiler.verify.expressions import AuthorizationRules, expression, merged
from compiler.verify.gateway import TOOL_GATEWAY, Gateway, Pod, by_path, of_class, proxy
from compiler.verify.gathering import agree, report_calls, unknown
from compiler.verify.labels import GATEWAY_NAME, INSTANCE, has
from compiler.verify.labels import NAME as APP
from compiler.verify.places import Addresses, find_addresses, instance
from compiler.verify.relation import Fault, Finding, Instance, Report
from compiler.verify.routes import Route, routes
from compiler.verify.specs import Estate

NAME = "agentgateway"
GROUP = "agentgateway.dev"
JUDGED = ("AgentgatewayBackend", "AgentgatewayPolicy", "AgentgatewayParameters")
LEVELS = ("Gateway", "Gateway/", "HTTPRoute", "HTTPRoute/")
"""What a policy about tokens can attach to, the most specific last; `/` is a section of it."""


class Way(NamedTuple):
    """A way from the gateway to a server; `target` is the server's name in rules."""

    route: Route
    backend: Object | None
    target: str
    instance: Instance


class Token(NamedTuple):
    """Whether a token must be there and is checked, and who signed it."""

    checked: bool
    issuer: str = ""


def _pods(artefacts: Artefacts, cluster: str) -> Iterator[Pod]:
    for gateway in of_class(artefacts, cluster, NAME).values():
        labels = dict.fromkeys((GATEWAY_NAME, APP, INSTANCE), gateway.name)
        yield proxy(gateway, gateway.name, labels)


GATEWAY = Gateway(NAME, _pods, account=lambda _: TOOL_GATEWAY, endpoint=by_path)


def read(estate: Estate, artefacts: Artefacts) -> Report:
    """Compare the calls that agentgateway permits, tool by tool."""
    return report_calls(NAME, estate, artefacts, _cluster)


def _cluster(estate: Estate, artefacts: Artefacts, cluster: str) -> Iterator[Finding]:
    yield from unknown(artefacts, cluster, GROUP, JUDGED)
    policies = artefacts.all(cluster, "AgentgatewayPolicy", GROUP)
    yield from agree(cluster, "AgentgatewayPolicies", map(_providers, filter(_tokens, policies)))
    near = by_namespace(policies)
    objects = artefacts.all(cluster, "AgentgatewayBackend", GROUP)
    backends = {(backend.namespace, backend.name): backend for backend in objects}
    addresses = find_addresses(estate, artefacts, cluster)
    for route in routes(artefacts, cluster, NAME):
        for ref in route.rule["backendRefs"].items():
            for way in _ways(estate, addresses, route, ref, backends):
                if isinstance(way, Fault):
                    yield way
                else:
                    yield from _permitted(estate, cluster, way, near)


def _ways(
    estate: Estate,
    addresses: Addresses,
    route: Route,
    ref: Node,
    backends: Mapping[tuple[str, str], Object],
) -> Iterator[Way | Fault]:
    """Where a backendRef leads: the targets of a backend, or a Service with no MCP in between."""
    home, name = ref["namespace"].text(route.object.namespace), ref["name"].text()
    kind = ref["group"].text(), ref["kind"].text("Service")
    if kind not in (("", "Service"), (GROUP, "AgentgatewayBackend")):
        yield Fault(f"{ref.path}: `{ref.route}` leads to a backend of an unknown kind")
        return
    if kind[1] == "Service":
        if Instance(home, name) in addresses.ports:
            yield Way(route, None, name, Instance(home, name))
        return
    backend = backends.get((home, name))
    for target in backend.spec["mcp"]["targets"].items() if backend else ():
        static = target["static"]
        host, port = static["host"].text(), static["port"].number()
        server = instance(estate, addresses, host, port, static["path"].text("/mcp"))
        if server:
            yield Way(route, backend, target["name"].text(), server)
        else:
            yield Fault(f"{target.path}: `{target.route}` leads to no server of the specs")


def _permitted(
    estate: Estate, cluster: str, way: Way, policies: Mapping[str, tuple[Object, ...]]
) -> Iterator[Finding]:
    """The calls that get through on one way."""
    if way.route.path != f"/{way.instance.server}":
        yield Fault(f"{way.route.where} leads to {way.instance.server}")
    targets = (way.route.gateway, way.route.object, *filter(None, (way.backend,)))
    homes = {target.namespace for target in targets}
    nearby = [policy for home in sorted(homes) for policy in policies.get(home, ())]
    attached = [policy for policy in nearby if any(_levels(policy, way))]
    token, calls = _token(attached, way), _calls(attached, way)
    requests = merged(_rules(policy.spec["traffic"]["authorization"]) for policy in attached)
    if not token.checked:
        yield Fault(f"{way.route.where}: tokens of callers are not checked")
    named = words([*requests.texts, *calls.texts])

    def permits(caller: Caller, tool: str) -> bool:
        jwt = {"sub": caller.subject, "aud": [TOOL_GATEWAY], "iss": token.issuer}
        http = {"method": "POST", "path": way.route.path, "headers": {}}
        context = {"jwt": jwt, "request": http}
        call = {**context, "mcp": {"tool": {"name": tool, "target": way.target}}}
        return not token.checked or (requests.permit(context) and calls.permit(call))

    yield from tried(estate, cluster, way.instance, named, permits)


def _levels(policy: Object, way: Way) -> Iterator[str]:
    """The levels of a way that a policy attaches to; both must be in one namespace."""
    levels = {
        "Gateway": way.route.gateway,
        "HTTPRoute": way.route.object,
        "AgentgatewayBackend": way.backend,
    }
    refs, selectors = policy.spec["targetRefs"].items(), policy.spec["targetSelectors"].items()
    for ref in (*refs, *selectors):
        kind = ref["kind"].text()
        target = levels.get(kind)
        if target is None or (target.namespace, target.group) != (
            policy.namespace,
            ref["group"].text(),
        ):
            continue
        by_label = ref in selectors and has(target.labels, ref["matchLabels"].pairs())
        if by_label or ref["name"].text() == target.name:
            yield f"{kind}/" if ref["sectionName"].text() else kind


def _token(policies: Iterable[Object], way: Way) -> Token:
    """How tokens are checked on a way: two policies at one level are undefined, so unchecked."""
    about_tokens = [policy for policy in policies if _tokens(policy)]
    effective: Object | None = None
    for level in LEVELS:
        at_level = [policy for policy in about_tokens if level in _levels(policy, way)]
        if len(at_level) > 1:
            return Token(checked=False)
        if at_level and not (effective and _overrides(effective)):
            effective = at_level[0]
    return _settings(effective.spec["traffic"]["jwtAuthentication"]) if effective else Token(False)


def _tokens(policy: Object) -> bool:
    """Whether a policy is about tokens."""
    return not policy.spec["traffic"]["jwtAuthentication"].absent


def _providers(policy: Object) -> object:
    return policy.spec["traffic"]["jwtAuthentication"]["providers"].value


def _overrides(policy: Object) -> bool:
    return policy.spec["strategy"]["inheritance"].text() == "Override"


def _settings(jwt: Node) -> Token:
    """Every provider must name its issuer, and the gateway's audience alone."""
    providers = jwt["providers"].items()
    strict = jwt["mode"].text("Strict") == "Strict" and bool(providers)
    for provider in providers:
        named = bool(provider["issuer"].text())
        strict = strict and named and provider["audiences"].texts() == (TOOL_GATEWAY,)
    return Token(strict, providers[0]["issuer"].text()) if strict else Token(False)


def _calls(policies: Iterable[Object], way: Way) -> AuthorizationRules:
    """The rules for calls, from all policies together; a plain Service has none."""
    if way.backend is None:
        return AuthorizationRules()
    parts = [*(policy.spec["backend"] for policy in policies), way.backend.spec["policies"]]
    return merged(_rules(part["mcp"]["authorization"]) for part in parts)


def _rules(node: Node) -> AuthorizationRules:
    """The expressions of one policy: for `Allow` any of them is enough, as in version 1.4."""
    compiled = tuple(expression(text) for text in node["policy"]["matchExpressions"].texts())
    action = node["action"].text("Allow").lower()
    if action not in AuthorizationRules._fields:
        raise node["action"].wrong("a known action")
    return AuthorizationRules()._replace(**{action: compiled})
