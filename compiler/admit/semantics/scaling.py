"""HorizontalPodAutoscalers and PodDisruptionBudgets.

From pkg/apis/autoscaling/validation/validation.go and pkg/apis/policy/validation/validation.go of
k8s.io/kubernetes.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from compiler.admit.semantics.names import dns_label, path_segment
from compiler.admit.semantics.quantities import not_amount, not_positive
from compiler.admit.semantics.refusal import (
    Object,
    Refusal,
    Refusals,
    Validator,
    at_least,
    items,
    mapping,
    needed,
    one_of,
    required,
    text,
    whole,
    within,
)
from compiler.admit.semantics.resources import container_resource
from compiler.admit.semantics.selectors import selector
from compiler.admit.semantics.workloads import count_or_share

_LONGEST_WINDOW, _LONGEST_PERIOD = 3600, 1800  # seconds


def autoscaler(object: Object) -> Refusals:
    """A HorizontalPodAutoscaler of autoscaling/v2."""
    spec = mapping(object.get("spec"))
    least, most = whole(spec.get("minReplicas")), whole(spec.get("maxReplicas"))
    yield from at_least(1, least, "spec.minReplicas")
    yield from at_least(1, 0 if most is None else most, "spec.maxReplicas")
    if most is not None and most < (1 if least is None else least):
        yield Refusal("spec.maxReplicas", f"{most} is below `minReplicas` of {least}")
    yield from _reference(mapping(spec.get("scaleTargetRef")), "spec.scaleTargetRef", grouped=True)
    for place, metric in items(spec.get("metrics"), "spec.metrics"):
        yield from _metric(metric, place)
    for key in ("scaleUp", "scaleDown"):
        rules = mapping(spec.get("behavior")).get(key)
        if isinstance(rules, dict):
            yield from _rules(rules, f"spec.behavior.{key}")


def _reference(reference: Object, at: str, *, grouped: bool) -> Refusals:
    yield from needed(path_segment, reference.get("kind"), f"{at}.kind")
    yield from needed(path_segment, reference.get("name"), f"{at}.name")
    version = text(reference.get("apiVersion"))
    if version.count("/") > 1 or (grouped and "/" not in version):
        yield Refusal(f"{at}.apiVersion", f"`{version}` must be a group and a version")


def _metric(metric: Object, at: str) -> Refusals:
    kinds = {name.capitalize(): name for name in _SOURCES} | {
        "ContainerResource": "containerResource"
    }
    kind = text(metric.get("type"))
    if not kind:
        yield Refusal(f"{at}.type", "is required")
    yield from one_of(kinds, kind or None, f"{at}.type")
    sources = [name for name in _SOURCES if isinstance(metric.get(name), dict)]
    wanted = kinds.get(kind)
    if wanted and wanted not in sources:
        yield Refusal(f"{at}.{wanted}", f"is required for the type `{kind}`")
    for name in sources if len(sources) > 1 else ():
        if wanted and name != wanted:
            yield Refusal(f"{at}.{name}", f"is not for the type `{kind}`")
    for name in sources[:1]:
        yield from _SOURCES[name](metric[name], f"{at}.{name}")


class _Need(NamedTuple):
    """Which values a target must have, one of them."""

    values: tuple[str, ...]
    named: str  # where the server says that none is there


def _target(source: Object, at: str, need: _Need, *, both: bool = False) -> Refusals:
    target, place = mapping(source.get("target")), f"{at}.target"
    kinds = {"Utilization", "Value", "AverageValue"}
    if not target.get("type"):
        yield Refusal(f"{place}.type", "is required")
    yield from one_of(kinds, target.get("type") or None, f"{place}.type")
    for key in ("value", "averageValue"):
        yield from not_positive(target.get(key), f"{place}.{key}")
    yield from at_least(1, target.get("averageUtilization"), f"{place}.averageUtilization")
    keys = [key for key in need.values if target.get(key) is not None]
    if not keys:
        yield Refusal(f"{place}.{need.named}", f"needs one of {', '.join(need.values)}")
    elif len(keys) > 1 and not both:
        yield Refusal(f"{place}.{keys[0]}", f"cannot stand beside `{keys[1]}`")


def _identified(source: Object, at: str) -> Refusals:
    metric = mapping(source.get("metric"))
    yield from needed(path_segment, metric.get("name"), f"{at}.metric.name")


def _object(source: Object, at: str) -> Refusals:
    yield from _reference(
        mapping(source.get("describedObject")), f"{at}.describedObject", grouped=False
    )
    yield from _identified(source, at)
    yield from _target(source, at, _Need(("value", "averageValue"), "averageValue"), both=True)


def _external(source: Object, at: str) -> Refusals:
    yield from _identified(source, at)
    yield from _target(source, at, _Need(("value", "averageValue"), "averageValue"))


def _pods(source: Object, at: str) -> Refusals:
    yield from _identified(source, at)
    yield from _target(source, at, _Need(("averageValue",), "averageValue"))


def _resource(source: Object, at: str) -> Refusals:
    yield from required(source, "name", at)
    values = ("averageValue", "averageUtilization")
    yield from _target(source, at, _Need(values, "averageUtilization"))


def _container(source: Object, at: str) -> Refusals:
    yield from needed(container_resource, source.get("name"), f"{at}.name")
    yield from needed(dns_label, source.get("container"), f"{at}.container")
    values = ("averageValue", "averageUtilization")
    yield from _target(source, at, _Need(values, "averageUtilization"))


def _rules(rules: Object, at: str) -> Refusals:
    window = rules.get("stabilizationWindowSeconds")
    yield from within(0, _LONGEST_WINDOW, window, f"{at}.stabilizationWindowSeconds")
    yield from one_of({"Max", "Min", "Disabled"}, rules.get("selectPolicy"), f"{at}.selectPolicy")
    yield from not_amount(rules.get("tolerance"), f"{at}.tolerance")
    if rules.get("policies") == []:
        yield Refusal(f"{at}.policies", "needs a policy")
    for place, policy in items(rules.get("policies"), f"{at}.policies"):
        yield from one_of({"Pods", "Percent"}, policy.get("type"), f"{place}.type")
        yield from at_least(1, policy.get("value", 0), f"{place}.value")
        period = policy.get("periodSeconds", 0)
        yield from within(1, _LONGEST_PERIOD, period, f"{place}.periodSeconds")


def disruption_budget(object: Object) -> Refusals:
    """A PodDisruptionBudget."""
    spec = mapping(object.get("spec"))
    keys = [key for key in ("minAvailable", "maxUnavailable") if spec.get(key) is not None]
    if len(keys) > 1:
        yield Refusal("spec", "`minAvailable` and `maxUnavailable` cannot stand together")
    for key in keys:
        yield from count_or_share(spec[key], f"spec.{key}")
    yield from selector(spec.get("selector"), "spec.selector")
    policy, at = spec.get("unhealthyPodEvictionPolicy"), "spec.unhealthyPodEvictionPolicy"
    yield from one_of({"IfHealthyBudget", "AlwaysAllow"}, policy, at)


_SOURCES: Mapping[str, Validator] = {
    "object": _object,
    "external": _external,
    "pods": _pods,
    "resource": _resource,
    "containerResource": _container,
}
