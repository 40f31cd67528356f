"""Quotas and limits of namespaces, and classes of priority.

From pkg/apis/core/validation/validation.go (ValidateResourceQuota, ValidateLimitRange),
pkg/apis/core/helper/helpers.go and pkg/apis/scheduling/validation/validation.go of
k8s.io/kubernetes.
"""

from __future__ import annotations

from decimal import Decimal

from compiler.admit.semantics.names import label_key
from compiler.admit.semantics.quantities import amount, not_canonical
from compiler.admit.semantics.refusal import (
    Object,
    Refusal,
    Refusals,
    faulty,
    items,
    mapping,
    one_of,
    repeated,
    size,
    text,
    texts,
    whole,
)
from compiler.admit.semantics.resources import (
    WHOLE,
    amounts,
    container_resource,
    may_overcommit,
)

_COMPUTE = ("cpu", "memory", "ephemeral-storage")
_QUOTAS = (
    WHOLE
    | {f"{side}{name}" for side in ("", "requests.", "limits.") for name in _COMPUTE}
    | {"requests.storage"}
)
_COMPUTED = frozenset(
    f"{side}{name}" for side in ("", "requests.", "limits.") for name in ("cpu", "memory")
)
_PRESENT = {
    "BestEffort",
    "NotBestEffort",
    "Terminating",
    "NotTerminating",
    "CrossNamespacePodAffinity",
}
_SCOPES = {
    **dict.fromkeys((*_PRESENT, "PriorityClass"), _COMPUTED | {"pods"}),
    "BestEffort": frozenset({"pods"}),
    "VolumeAttributesClass": frozenset({"persistentvolumeclaims", "requests.storage"}),
}
_CONFLICTS = ({"BestEffort", "NotBestEffort"}, {"Terminating", "NotTerminating"})
_HIGHEST_PRIORITY = 1_000_000_000  # of what users make


def quota(object: Object) -> Refusals:
    """A ResourceQuota."""
    spec = mapping(object.get("spec"))
    yield from amounts(spec.get("hard"), "spec.hard", _quota_resource)
    scopes = [scope for _, scope in texts(spec.get("scopes"), "")]
    yield from _scopes(scopes, spec, "spec.scopes", "spec.scopes")
    at = "spec.scopeSelector.matchExpressions"
    expressions = list(items(mapping(spec.get("scopeSelector")).get("matchExpressions"), at))
    chosen = [text(expression.get("scopeName")) for _, expression in expressions]
    yield from _scopes(chosen, spec, at, f"{at}.scopeName")
    for _, expression in expressions:
        yield from _scope_operator(expression, at)


def _scopes(scopes: list[str], spec: Object, at: str, unknown: str) -> Refusals:
    for scope in scopes:
        yield from one_of(_SCOPES, scope, unknown)
        for name in sorted(
            mapping(spec.get("hard")).keys() & _QUOTAS - _SCOPES.get(scope, _QUOTAS)
        ):
            yield Refusal(at, f"the scope `{scope}` does not count `{name}`")
    for pair in _CONFLICTS:
        if pair <= set(scopes):
            yield Refusal(at, f"{' and '.join(sorted(pair))} exclude each other")


def _scope_operator(expression: Object, at: str) -> Refusals:
    operator, values = text(expression.get("operator")), size(expression.get("values"))
    if text(expression.get("scopeName")) in _PRESENT and operator != "Exists":
        yield Refusal(f"{at}.operator", "must be `Exists` for this scope")
    if operator in {"In", "NotIn"} and not values:
        yield Refusal(f"{at}.values", f"the operator `{operator}` needs values")
    elif operator in {"Exists", "DoesNotExist"} and values:
        yield Refusal(f"{at}.values", f"the operator `{operator}` takes no values")
    yield from one_of({"In", "NotIn", "Exists", "DoesNotExist"}, operator, f"{at}.operator")


def _quota_resource(name: str) -> str:
    if fault := label_key(name):
        return fault
    valid = (
        "/" in name or name in _QUOTAS or name.removeprefix("requests.").startswith("hugepages-")
    )
    return "" if valid else f"`{name}` is no resource of quotas"


def _any_resource(name: str) -> str:
    return "" if name == "storage" else _quota_resource(name)


def limit_range(object: Object) -> Refusals:
    """A LimitRange."""
    limits = list(items(mapping(object.get("spec")).get("limits"), "spec.limits"))
    for place, limit in limits:
        yield from _limit_type(text(limit.get("type")), f"{place}.type")
        yield from _limit(limit, place)
        names = sorted({name for key in _BOUNDS for name in mapping(limit.get(key))})
        for name in names:
            yield from _bounds(limit, name, place)
    yield from repeated((f"{place}.type", limit.get("type")) for place, limit in limits)


_BOUNDS = ("max", "min", "default", "defaultRequest", "maxLimitRequestRatio")
_ORDER = (
    ("min", "max", "min"),
    ("min", "defaultRequest", "defaultRequest"),
    ("defaultRequest", "max", "defaultRequest"),
    ("defaultRequest", "default", "defaultRequest"),
    ("min", "default", "default"),
    ("default", "max", "default"),
)
"""The first must not be above the second; the third is where the server says so."""


def _limit_type(kind: str, at: str) -> Refusals:
    yield from faulty(label_key, kind, at)
    if "/" not in kind:
        yield from one_of({"Pod", "Container", "PersistentVolumeClaim"}, kind, at)


def _limit(limit: Object, at: str) -> Refusals:
    kind = text(limit.get("type"))
    named = container_resource if kind in {"Pod", "Container"} else _any_resource
    for key in _BOUNDS:
        for name, value in mapping(limit.get(key)).items():
            yield from faulty(named, name, f"{at}.{key}[{name}]")
            yield from not_canonical(value, f"{at}.{key}[{name}]")
    for key in ("default", "defaultRequest") if kind == "Pod" else ():
        if limit.get(key):
            yield Refusal(f"{at}.{key}", "is not for the type `Pod`")
    bounded = any("storage" in mapping(limit.get(key)) for key in ("min", "max"))
    if kind == "PersistentVolumeClaim" and not bounded:
        yield Refusal(f"{at}.limits", "needs a `min` or `max` of storage")


def _bounds(limit: Object, name: str, at: str) -> Refusals:
    def of(key: str) -> Decimal | None:
        return amount(mapping(limit.get(key)).get(name))

    for lower, upper, named in _ORDER:
        low, high = of(lower), of(upper)
        if low is not None and high is not None and low > high:
            yield Refusal(f"{at}.{named}[{name}]", f"`{lower}` is above `{upper}`")
    default, request, ratio = of("default"), of("defaultRequest"), of("maxLimitRequestRatio")
    if not may_overcommit(name) and None not in (default, request) and default != request:
        yield Refusal(f"{at}.defaultRequest[{name}]", "must equal `default`")
    place, least, most = f"{at}.maxLimitRequestRatio[{name}]", of("min"), of("max")
    if ratio is not None and ratio < 1:
        yield Refusal(place, "is less than 1")
    if ratio is not None and least and most and ratio > most / least:
        yield Refusal(place, "is above `max` divided by `min`")


def priority_class(object: Object) -> Refusals:
    """A PriorityClass."""
    name, value = text(mapping(object.get("metadata")).get("name")), whole(object.get("value"))
    if name.startswith("system-"):
        yield Refusal("metadata.name", "names with `system-` are the server's own")
    elif value is not None and value > _HIGHEST_PRIORITY:
        yield Refusal("value", f"{value} is above {_HIGHEST_PRIORITY}")
    policies = {"Never", "PreemptLowerPriority"}
    yield from one_of(policies, object.get("preemptionPolicy"), "preemptionPolicy")
