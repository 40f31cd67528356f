"""kube-agentic-networking (0.1): mTLS at the Gateway, and XAccessPolicy for each backend.

A backend without an accepted policy is open. Rules of one policy are OR-ed. Of several
policies all must allow according to the API, any according to the code: there must be only one.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from hashlib import sha256
from typing import NamedTuple

from compiler.verify.artefacts import Artefacts, Node, Object
from compiler.verify.callers import Caller, tried, words
from compiler.verify.expressions import expression
from compiler.verify.gateway import TOOL_GATEWAY, Endpoint, Gateway, Pod, of_class, proxy
from compiler.verify.gathering import report_calls, unknown
from compiler.verify.labels import GATEWAY_NAME
from compiler.verify.places import Addresses, find_addresses
from compiler.verify.relation import Fault, Finding, Instance, Report
from compiler.verify.routes import Route, rewritten, routes
from compiler.verify.specs import Estate

NAME = "agentic-networking"
CLASS = "kube-agentic-networking"
GROUP = "agentic.networking.x-k8s.io"
JUDGED = ("XBackend", "XAccessPolicy")
ADMIN = 15000
"""Where its Envoy takes orders, from any caller."""
CALL = "tools/call"
BASE = "MATCH_BASE_PROTOCOL_METHODS"
UNTRANSLATED = ("headers", "hosts", "methods", "paths", "ports")
"""Fields of an authorization that the CRD has and the controller ignores."""
_VARIABLE = re.compile(r"\brequest\.([a-z_]+(?:\.[a-z_]+)?)")
_VARIABLES = re.compile(r"mcp\.tool_name|(?:path|url_path|method|host|headers|time)(?:\..*)?")


class AccessRule(NamedTuple):
    """Whom a rule means, the tools that it lets them call, and whether it lets them connect."""

    means: Callable[[Caller], bool]
    tools: Callable[[str], bool]
    base: bool


class Policy(NamedTuple):
    """One accepted XAccessPolicy; without rules it allows everything."""

    object: Object
    rules: tuple[AccessRule, ...]

    def allows(self, caller: Caller, tool: str) -> bool:
        """Whether any of its rules lets a caller call a tool."""
        return not self.rules or any(r.tools(tool) and r.means(caller) for r in self.rules)

    def connects(self, caller: Caller) -> bool:
        """Whether any of its rules lets a caller open a session, and list tools."""
        return not self.rules or any(r.base and r.means(caller) for r in self.rules)


def _proxy(namespace: str, gateway: str = TOOL_GATEWAY) -> str:
    """The name of a proxy's Service, account and `app`, which its controller derives."""
    digest = sha256(f"{namespace}/{gateway}".encode()).hexdigest()[:12]
    return f"envoy-proxy-{digest}"


def _pods(artefacts: Artefacts, cluster: str) -> Iterator[Pod]:
    for gateway in of_class(artefacts, cluster, CLASS).values():
        name = _proxy(gateway.namespace, gateway.name)
        yield proxy(gateway, name, {GATEWAY_NAME: gateway.name, "app": name}, (ADMIN,))


GATEWAY = Gateway(
    NAME,
    _pods,
    account=_proxy,
    endpoint=lambda to: Endpoint("https", _proxy(to.namespace), f"/{to.server}"),
    token=False,
)


def read(estate: Estate, artefacts: Artefacts) -> Report:
    """Compare the calls that XAccessPolicies permit, tool by tool."""
    return report_calls(NAME, estate, artefacts, _cluster)


def _cluster(estate: Estate, artefacts: Artefacts, cluster: str) -> Iterator[Finding]:
    yield from unknown(artefacts, cluster, GROUP, JUDGED)
    accepted: defaultdict[str, list[Policy]] = defaultdict(list)
    for policy in artefacts.all(cluster, "XAccessPolicy", GROUP):
        rules = _rules(policy)
        if rules is None:
            yield Fault(f"{policy.node.path}: the controller refuses it, so its target stays open")
        else:
            accepted[policy.namespace].append(Policy(policy, rules))
    objects = artefacts.all(cluster, "XBackend", GROUP)
    backends = {(backend.namespace, backend.name): backend for backend in objects}
    addresses = find_addresses(estate, artefacts, cluster)
    for route in routes(artefacts, cluster, CLASS):
        for ref in route.rule["backendRefs"].items():
            yield from _leads(estate, cluster, addresses, route, ref, backends, accepted)


def _leads(
    estate: Estate,
    cluster: str,
    addresses: Addresses,
    route: Route,
    ref: Node,
    backends: Mapping[tuple[str, str], Object],
    accepted: Mapping[str, list[Policy]],
) -> Iterator[Finding]:
    """The calls that get through to one backendRef; a Service is checked at the Gateway only."""
    home, name = ref["namespace"].text(route.object.namespace), ref["name"].text()
    kind = ref["group"].text(), ref["kind"].text("Service")
    backend = backends.get((home, name)) if kind == (GROUP, "XBackend") else None
    mcp = backend.spec["mcp"] if backend else ref
    to = Instance(home, mcp["serviceName"].text() if backend else name)
    if mcp["port"].number() not in addresses.ports.get(to, ()):
        yield Fault(f"{ref.path}: `{ref.route}` leads to no server of the specs")
        return
    if (route.path, rewritten(route)) != (f"/{to.server}", estate.servers[to.server].path):
        yield Fault(f"{route.where} leads to {to.server}{rewritten(route)}")
    levels = [_attached(accepted, route.gateway, "Gateway")]
    if backend:
        levels.append(_attached(accepted, backend, "XBackend"))
    if any(len(level) > 1 for level in levels):
        yield Fault(f"{route.where} has several policies: API and code combine them differently")
    if not _certified(route.gateway):
        yield Fault(f"{route.where}: certificates of callers are not checked")
    yield from _permitted(estate, cluster, to, levels)


def _permitted(
    estate: Estate, cluster: str, to: Instance, levels: list[list[Policy]]
) -> Iterator[Finding]:
    """The calls that get through.

    Of several policies at one level, any counts for a call that is not granted, and all must
    allow one that is: the stricter reading in both cases.
    """
    users = estate.users(cluster)[to]
    named = words([policy.object.spec["rules"].value for level in levels for policy in level])
    sources = {name for level in levels for policy in level for name in _sources(policy.object)}

    def permits(caller: Caller, tool: str) -> bool:
        call = (caller.project, caller.account, to.server, tool)
        enough = all if call in estate.grants and caller.project in users else any
        return all(
            not level or enough(policy.allows(caller, tool) for policy in level) for level in levels
        )

    calls = tuple(tried(estate, cluster, to, named | sources, permits))
    yield from calls
    for project, agent in sorted({(call.project, call.agent) for call in calls if call.project}):
        caller = Caller(estate.projects[project].agents_namespace, agent, project)
        if not all(policy.connects(caller) for level in levels for policy in level):
            yield Fault(f"{cluster}: {caller.subject} cannot open a session with {to.server}")


def _sources(policy: Object) -> Iterator[str]:
    """The accounts that rules name, written like all others."""
    for rule in policy.spec["rules"].items():
        account = rule["source"]["serviceAccount"]
        yield f"{account['namespace'].text(policy.namespace)}/{account['name'].text()}"


def _attached(accepted: Mapping[str, list[Policy]], target: Object, kind: str) -> list[Policy]:
    """The policies that name a target of their namespace."""
    ref = (kind, target.name)
    return [
        policy
        for policy in accepted.get(target.namespace, ())
        if any((r["kind"].text(), r["name"].text()) == ref for r in _refs(policy))
    ]


def _refs(policy: Policy) -> tuple[Node, ...]:
    return policy.object.spec["targetRefs"].items()


def _certified(gateway: Object) -> bool:
    """Whether every listener demands a client certificate: HTTPS without settings of its own."""
    return all(
        listener["protocol"].text() == "HTTPS" and listener["tls"].absent
        for listener in gateway.spec["listeners"].items()
    )


def _rules(policy: Object) -> tuple[AccessRule, ...] | None:
    """The rules of a policy; None where the controller does not accept it."""
    if policy.spec["action"].text("Allow") != "Allow":
        raise policy.spec["action"].wrong("a known action")
    nodes = policy.spec["rules"].items()
    if len({node["name"].text() for node in nodes}) != len(nodes):
        raise policy.spec["rules"].wrong("a list of rules with different names")
    rules = [_rule(node, policy.namespace) for node in nodes]
    return None if None in rules else tuple(rule for rule in rules if rule)


def _rule(node: Node, home: str) -> AccessRule | None:
    means, grant = _principal(node["source"], home), node["authorization"]
    for key in UNTRANSLATED:
        if not grant[key].absent:
            raise grant[key].wrong("a field that the controller implements")
    kind = grant["type"].text("Inline")
    if kind not in ("Inline", "CEL"):
        raise grant["type"].wrong("a type of authorization")
    if kind == "CEL":
        text = grant["cel"]["expression"].text()
        program, variables = expression(text), _VARIABLE.findall(text)
        if program.program is None or not all(map(_VARIABLES.fullmatch, variables)):
            return None
        return AccessRule(means, lambda tool: program.true(_request(tool)), base=False)
    tools, mcp = _tools(grant["mcp"]), grant["mcp"]
    base = tools is None or mcp["mcpBaseProtocolMethodsOption"].text() == BASE
    return AccessRule(means, lambda tool: tools is None or tool in tools, base)


def _principal(source: Node, home: str) -> Callable[[Caller], bool]:
    """Whom a rule means: without a source, or with one that its type does not fit, all callers."""
    kind, account = source["type"].text(), source["serviceAccount"]
    if kind == "ServiceAccount" and account["name"].text():
        named = (account["namespace"].text(home), account["name"].text())
        return lambda caller: (caller.namespace, caller.account) == named
    if kind == "SPIFFE" and source["spiffe"].text():
        spiffe = source["spiffe"].text()
        return lambda caller: caller.spiffe == spiffe
    return lambda _: True


def _tools(mcp: Node) -> frozenset[str] | None:
    """The tools that an inline rule lets call; None: all."""
    methods = {item["name"].text(): item["params"].texts() for item in mcp["methods"].items()}
    if not methods:
        return frozenset() if mcp["mcpBaseProtocolMethodsOption"].text() == BASE else None
    if "tools" in methods or methods.get(CALL) == ():
        return None
    return frozenset(methods.get(CALL, ()))


def _request(tool: str) -> Mapping[str, object]:
    """The variables of an expression; the caller is not among them."""
    http = {"method": "POST", "path": "/", "url_path": "/", "host": "", "headers": {}}
    return {"request": {**http, "mcp": {"tool_name": tool}}, "metadata": {}}
