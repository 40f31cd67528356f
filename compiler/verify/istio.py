"""AuthorizationPolicy, as Istio 1.30 documents it, for its two enforcement points.

A ztunnel judges connections to its pods, and sees who connects; a waypoint judges requests to the
Services that use it, and sees headers. https://istio.io/latest/docs/reference/config/security/
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from compiler.verify.artefacts import Node, Object
from compiler.verify.callers import Caller, words
from compiler.verify.labels import Labels, Selector, selector

ROOT = "istio-system"
"""The root namespace: a policy there without a selector applies to the whole mesh."""


@dataclass(frozen=True, slots=True)
class Request:
    """A call as a waypoint sees it; a ztunnel sees only who connects, and to which port."""

    caller: Caller
    port: int
    method: str = "POST"
    path: str = "/"
    headers: Mapping[str, str] = field(default_factory=dict)


class Attribute(NamedTuple):
    """The attribute of a request that a field of a rule is compared with; None: it has none."""

    value: Callable[[Request], str | None]
    connection: bool


def _principal(request: Request) -> str:
    return request.caller.spiffe.removeprefix("spiffe://")


def _account(request: Request) -> str:
    return f"{request.caller.namespace}/{request.caller.account}"


_ABSENT = Attribute(lambda _: None, connection=False)
_SOURCE = {
    "principals": Attribute(_principal, connection=True),
    "namespaces": Attribute(lambda request: request.caller.namespace, connection=True),
    "serviceAccounts": Attribute(_account, connection=True),
    "requestPrincipals": _ABSENT,
}
_OPERATION = {
    "methods": Attribute(lambda request: request.method, connection=False),
    "paths": Attribute(lambda request: request.path, connection=False),
    "ports": Attribute(lambda request: str(request.port), connection=True),
}
_CONDITIONS = {
    "source.principal": Attribute(_principal, connection=True),
    "source.namespace": Attribute(lambda request: request.caller.namespace, connection=True),
    "source.serviceAccount": Attribute(_account, connection=False),
    "destination.port": Attribute(lambda request: str(request.port), connection=True),
    "request.auth.principal": _ABSENT,
    "request.auth.audiences": _ABSENT,
    "request.auth.presenter": _ABSENT,
}
_HEADER = "request.headers["

Test = Callable[[Request], bool]


class Term(NamedTuple):
    """One field of a rule; `connection`: whether a ztunnel can judge it."""

    test: Test
    connection: bool


class AuthorizationRule(NamedTuple):
    """Any of `sources`, any of `operations`, and all of `conditions`; without any, all requests."""

    sources: tuple[tuple[Term, ...], ...]
    operations: tuple[tuple[Term, ...], ...]
    conditions: tuple[Term, ...]

    def matches(self, request: Request) -> bool:
        """Whether the rule applies to a request."""
        return (
            (not self.sources or any(_all(terms, request) for terms in self.sources))
            and (not self.operations or any(_all(terms, request) for terms in self.operations))
            and _all(self.conditions, request)
        )

    @property
    def terms(self) -> tuple[Term, ...]:
        """All its fields."""
        return tuple(t for ts in (*self.sources, *self.operations) for t in ts) + self.conditions


def _all(terms: Iterable[Term], request: Request) -> bool:
    return all(term.test(request) for term in terms)


class Policy(NamedTuple):
    """One AuthorizationPolicy. `targets` are (kind, name); without them, it is for ztunnels.

    `named` are all texts in it: the callers and tools to try.
    """

    namespace: str
    action: str
    selects: Selector
    targets: frozenset[tuple[str, str]]
    rules: tuple[AuthorizationRule, ...]
    named: frozenset[str] = frozenset()


def policy(object: Object) -> Policy:
    """An AuthorizationPolicy; a field that this reader does not know is Malformed, not ignored."""
    spec = object.spec
    _only(spec, ("selector", "targetRefs", "targetRef", "action", "rules"))
    action, single = spec["action"].text("ALLOW"), spec["targetRef"]
    if action not in ("ALLOW", "DENY", "AUDIT") or (action == "DENY" and not spec["rules"].items()):
        raise spec.wrong("a known policy")
    targets = (*spec["targetRefs"].items(), *(() if single.absent else (single,)))
    return Policy(
        object.namespace,
        action,
        selector(spec["selector"]),
        frozenset((ref["kind"].text(), ref["name"].text()) for ref in targets),
        tuple(_rule(node, object.namespace) for node in spec["rules"].items()),
        words(spec["rules"].value),
    )


def _only(node: Node, allowed: Iterable[str]) -> None:
    if unknown := sorted(set(node.names()) - set(allowed)):
        raise node[unknown[0]].wrong("a known field")


def _filled(node: Node) -> tuple[Node, ...]:
    """The entries of a list; an empty one the API server refuses."""
    if not node.absent and not node.items():
        raise node.wrong("a list with entries")
    return node.items()


def _rule(node: Node, namespace: str) -> AuthorizationRule:
    _only(node, ("from", "to", "when"))
    return AuthorizationRule(
        tuple(_fields(item["source"], _SOURCE, namespace) for item in _filled(node["from"])),
        tuple(_fields(item["operation"], _OPERATION, namespace) for item in _filled(node["to"])),
        tuple(term for item in _filled(node["when"]) for term in _condition(item)),
    )


def _fields(node: Node, allowed: Mapping[str, Attribute], namespace: str) -> tuple[Term, ...]:
    opposite = {f"not{key[0].upper()}{key[1:]}": key for key in allowed}
    _only(node, {*allowed, *opposite})
    terms = []
    for key, value in node.fields():
        attribute = allowed[opposite.get(key, key)]
        texts = tuple(item.text() for item in _filled(value))
        if "erviceAccounts" in key:  # a bare name is one of the policy's own namespace
            texts = tuple(text if "/" in text else f"{namespace}/{text}" for text in texts)
        terms.append(_term(attribute, texts, negative=key in opposite))
    return tuple(terms)


def _condition(node: Node) -> tuple[Term, ...]:
    _only(node, ("key", "values", "notValues"))
    key = node["key"].text()
    if key.startswith(_HEADER) and key.endswith("]"):
        name = key[len(_HEADER) : -1].lower()
        attribute = Attribute(lambda request: request.headers.get(name), connection=False)
    elif key in _CONDITIONS:
        attribute = _CONDITIONS[key]
    else:
        raise node["key"].wrong("a known condition")
    if not node["values"].items() and not node["notValues"].items():
        raise node.wrong("a condition with values")
    both = (node["values"].texts(), False), (node["notValues"].texts(), True)
    return tuple(_term(attribute, texts, negative=negative) for texts, negative in both if texts)


def _term(attribute: Attribute, texts: tuple[str, ...], *, negative: bool) -> Term:
    def test(request: Request) -> bool:
        value = attribute.value(request)
        return any(value is not None and like(value, text) for text in texts) is not negative

    return Term(test, attribute.connection)


def like(value: str, pattern: str) -> bool:
    """Exact, `prefix*`, `*suffix`, or `*` for any text but the empty one; else `*` is literal."""
    if pattern == "*":
        return value != ""
    if pattern.endswith("*"):
        return value.startswith(pattern[:-1])
    return value.endswith(pattern[1:]) if pattern.startswith("*") else value == pattern


def waypoint(policies: Iterable[Policy], request: Request) -> bool:
    """Whether a waypoint lets a request through: no DENY matches, and an ALLOW does if any is."""
    all_policies = tuple(policies)
    if any(policy.action == "DENY" and _matches(policy.rules, request) for policy in all_policies):
        return False
    allows = [policy for policy in all_policies if policy.action == "ALLOW"]
    return not allows or any(_matches(policy.rules, request) for policy in allows)


def ztunnel(policies: Iterable[Policy], request: Request) -> bool:
    """Whether a ztunnel lets a connection through.

    It sees no request: an ALLOW rule that looks at one never matches; a DENY rule loses those
    fields, and matches nothing if nothing is left (istio/istio#61126).
    """
    enforced = (policy for policy in policies if policy.action != "AUDIT")
    return waypoint(map(_connection, enforced), request)


def _matches(rules: Iterable[AuthorizationRule], request: Request) -> bool:
    return any(rule.matches(request) for rule in rules)


def _connection(policy: Policy) -> Policy:
    if policy.action == "ALLOW":
        rules = [rule for rule in policy.rules if all(term.connection for term in rule.terms)]
    else:
        stripped = [(rule, _strip(rule)) for rule in policy.rules]
        rules = [left for rule, left in stripped if left.terms or not rule.terms]
    return policy._replace(rules=tuple(rules))


def _strip(rule: AuthorizationRule) -> AuthorizationRule:
    def seen(terms: tuple[Term, ...]) -> tuple[Term, ...]:
        return tuple(term for term in terms if term.connection)

    return AuthorizationRule(
        tuple(seen(terms) for terms in rule.sources),
        tuple(seen(terms) for terms in rule.operations),
        seen(rule.conditions),
    )


def for_pod(policies: Iterable[Policy], namespace: str, labels: Labels) -> tuple[Policy, ...]:
    """What a pod's ztunnel enforces: policies without targets, of its namespace and the root's."""
    return tuple(
        policy
        for policy in policies
        if policy.namespace in (namespace, ROOT) and not policy.targets and policy.selects(labels)
    )
