"""Where pods may run: node selectors, affinities, tolerations, topology spread.

From pkg/apis/core/validation/validation.go of k8s.io/kubernetes (validateAffinity,
ValidateTolerations, validateTopologySpreadConstraints).
"""

from __future__ import annotations

from typing import Any

from compiler.admit.semantics.names import dns_label, dns_subdomain, label_key, label_value
from compiler.admit.semantics.refusal import (
    Object,
    Refusal,
    Refusals,
    at_least,
    faulty,
    items,
    mapping,
    needed,
    one_of,
    required,
    size,
    text,
    texts,
    whole,
    within,
)
from compiler.admit.semantics.selectors import labels, selector

_EFFECTS = {"NoSchedule", "PreferNoSchedule", "NoExecute"}
_REQUIRED = "requiredDuringSchedulingIgnoredDuringExecution"
_PREFERRED = "preferredDuringSchedulingIgnoredDuringExecution"


def scheduling(spec: Object, at: str) -> Refusals:
    """All of a pod's constraints on nodes."""
    yield from labels(spec.get("nodeSelector"), f"{at}.nodeSelector")
    for place, toleration in items(spec.get("tolerations"), f"{at}.tolerations"):
        yield from _toleration(toleration, place)
    yield from _spread(spec.get("topologySpreadConstraints"), f"{at}.topologySpreadConstraints")
    affinity, place = mapping(spec.get("affinity")), f"{at}.affinity"
    yield from _node_affinity(mapping(affinity.get("nodeAffinity")), f"{place}.nodeAffinity")
    for key in ("podAffinity", "podAntiAffinity"):
        yield from _pod_affinity(mapping(affinity.get(key)), f"{place}.{key}")


def _toleration(toleration: Object, at: str) -> Refusals:
    key, operator = toleration.get("key"), toleration.get("operator") or "Equal"
    yield from faulty(label_key, key or None, f"{at}.key")
    if not key and operator != "Exists":
        yield Refusal(f"{at}.operator", "must be `Exists` where no `key` is given")
    if "tolerationSeconds" in toleration and toleration.get("effect") != "NoExecute":
        yield Refusal(f"{at}.effect", "must be `NoExecute` beside `tolerationSeconds`")
    if operator == "Equal":
        yield from faulty(label_value, toleration.get("value"), f"{at}.operator")
    elif operator == "Exists" and toleration.get("value"):
        yield Refusal(f"{at}.operator", "`Exists` takes no value")
    yield from one_of({"Equal", "Exists"}, operator, f"{at}.operator")
    yield from one_of(_EFFECTS, toleration.get("effect") or None, f"{at}.effect")


def _spread(value: Any, at: str) -> Refusals:
    for place, constraint in items(value, at):
        yield from at_least(1, constraint.get("maxSkew", 0), f"{place}.maxSkew")
        yield from required(constraint, "topologyKey", place)
        action = constraint.get("whenUnsatisfiable", "")
        actions = {"DoNotSchedule", "ScheduleAnyway"}
        yield from one_of(actions, action, f"{place}.whenUnsatisfiable")
        for key in ("nodeAffinityPolicy", "nodeTaintsPolicy"):
            yield from one_of({"Honor", "Ignore"}, constraint.get(key), f"{place}.{key}")
        yield from at_least(1, constraint.get("minDomains"), f"{place}.minDomains")
        if whole(constraint.get("minDomains")) is not None and action != "DoNotSchedule":
            yield Refusal(f"{place}.minDomains", "needs `whenUnsatisfiable: DoNotSchedule`")
        yield from _label_keys(constraint, place)
        yield from selector(constraint.get("labelSelector"), f"{place}.labelSelector")
    yield from _pairs_twice(list(items(value, at)))


def _pairs_twice(constraints: list[tuple[str, Object]]) -> Refusals:
    """The server reports the first of two equal constraints, not the second."""
    pairs = [
        (constraint.get("topologyKey"), constraint.get("whenUnsatisfiable"))
        for _, constraint in constraints
    ]
    for index, (place, _) in enumerate(constraints):
        if pairs[index] in pairs[index + 1 :]:
            yield Refusal(f"{place}.{{topologyKey, whenUnsatisfiable}}", "is there twice")


def _label_keys(term: Object, at: str) -> Refusals:
    for name in ("matchLabelKeys", "mismatchLabelKeys"):
        if term.get(name) and not isinstance(term.get("labelSelector"), dict):
            yield Refusal(f"{at}.{name}", "needs a `labelSelector`")
        for place, key in texts(term.get(name), f"{at}.{name}"):
            yield from faulty(label_key, key, place)
    mismatched = {key for _, key in texts(term.get("mismatchLabelKeys"), at)}
    for place, key in texts(term.get("matchLabelKeys"), f"{at}.matchLabelKeys"):
        if key in mismatched:
            yield Refusal(place, f"`{key}` is in `mismatchLabelKeys` too")


def _node_affinity(affinity: Object, at: str) -> Refusals:
    terms = mapping(affinity.get(_REQUIRED)).get("nodeSelectorTerms")
    if isinstance(affinity.get(_REQUIRED), dict) and not terms:
        yield Refusal(f"{at}.{_REQUIRED}.nodeSelectorTerms", "is required")
    for place, term in items(terms, f"{at}.{_REQUIRED}.nodeSelectorTerms"):
        yield from node_term(term, place, values=True)
    for place, term in items(affinity.get(_PREFERRED), f"{at}.{_PREFERRED}"):
        yield from within(1, 100, term.get("weight", 0), f"{place}.weight")
        yield from node_term(mapping(term.get("preference")), f"{place}.preference", values=False)


def node_term(term: Object, at: str, *, values: bool) -> Refusals:
    """One term of a node selector; `values` says whether values must be of labels."""
    for place, expression in items(term.get("matchExpressions"), f"{at}.matchExpressions"):
        yield from _node_expression(expression, place)
        if values:
            for where, value in texts(expression.get("values"), f"{place}.values"):
                yield from faulty(label_value, value, where)
    for place, field in items(term.get("matchFields"), f"{at}.matchFields"):
        if text(field.get("operator")) not in {"In", "NotIn"}:
            yield Refusal(f"{place}.operator", "must be `In` or `NotIn` for a field")
        elif size(field.get("values")) != 1:
            yield Refusal(f"{place}.values", "must be one value for a field")
        if field.get("key") != "metadata.name":
            yield Refusal(f"{place}.key", "nodes are chosen by no field but `metadata.name`")
        for where, value in texts(field.get("values"), f"{place}.values"):
            yield from faulty(dns_subdomain, value, where)


def _node_expression(expression: Object, at: str) -> Refusals:
    operator, values = text(expression.get("operator")), size(expression.get("values"))
    if operator in {"In", "NotIn"}:
        if not values:
            yield Refusal(f"{at}.values", f"the operator `{operator}` needs values")
    elif operator in {"Exists", "DoesNotExist"}:
        if values:
            yield Refusal(f"{at}.values", f"the operator `{operator}` takes no values")
    elif operator in {"Gt", "Lt"}:
        if values != 1:
            yield Refusal(f"{at}.values", f"the operator `{operator}` needs one value")
    else:
        yield Refusal(f"{at}.operator", f"`{operator}` is not an operator of node selectors")
    yield from faulty(label_key, expression.get("key", ""), f"{at}.key")


def _pod_affinity(affinity: Object, at: str) -> Refusals:
    for place, term in items(affinity.get(_REQUIRED), f"{at}.{_REQUIRED}"):
        yield from _pod_term(term, place)
    for place, term in items(affinity.get(_PREFERRED), f"{at}.{_PREFERRED}"):
        yield from within(1, 100, term.get("weight", 0), f"{place}.weight")
        yield from _pod_term(mapping(term.get("podAffinityTerm")), f"{place}.podAffinityTerm")


def _pod_term(term: Object, at: str) -> Refusals:
    yield from selector(term.get("labelSelector"), f"{at}.labelSelector")
    yield from selector(term.get("namespaceSelector"), f"{at}.namespaceSelector")
    for _, namespace in texts(term.get("namespaces"), at):
        yield from faulty(dns_label, namespace, f"{at}.namespace")
    yield from _label_keys(term, at)
    yield from needed(label_key, term.get("topologyKey"), f"{at}.topologyKey")
