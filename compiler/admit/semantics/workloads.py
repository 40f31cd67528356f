"""Deployments, StatefulSets, DaemonSets and ReplicaSets.

From pkg/apis/apps/validation/validation.go of k8s.io/kubernetes.
"""

from __future__ import annotations

from typing import Any

from compiler.admit.semantics.claims import claim_spec
from compiler.admit.semantics.names import dns_label
from compiler.admit.semantics.pods import template
from compiler.admit.semantics.refusal import (
    Object,
    Refusal,
    Refusals,
    at_least,
    faulty,
    items,
    mapping,
    one_of,
    text,
    whole,
)
from compiler.admit.semantics.selectors import is_empty, matches, selector

_DEADLINE = 600  # seconds, what the server sets where nothing is said


def deployment(object: Object) -> Refusals:
    """A Deployment."""
    spec = mapping(object.get("spec"))
    yield from _workload(spec, frozenset())
    strategy, at = mapping(spec.get("strategy")), "spec.strategy"
    yield from one_of({"Recreate", "RollingUpdate"}, strategy.get("type") or None, at)
    rolling = strategy.get("rollingUpdate")
    if strategy.get("type") == "Recreate" and rolling is not None:
        yield Refusal(f"{at}.rollingUpdate", "is not for the strategy `Recreate`")
    elif (strategy.get("type") or "RollingUpdate") == "RollingUpdate":
        yield from _rolling(mapping(rolling), f"{at}.rollingUpdate")
    for key in ("revisionHistoryLimit", "progressDeadlineSeconds"):
        yield from at_least(0, spec.get(key), f"spec.{key}")
    deadline, ready = spec.get("progressDeadlineSeconds", _DEADLINE), spec.get("minReadySeconds", 0)
    if (whole(deadline) or 0) <= (whole(ready) or 0):
        message = f"{deadline} is not above `minReadySeconds` of {ready}"
        yield Refusal("spec.progressDeadlineSeconds", message)


def replica_set(object: Object) -> Refusals:
    """A ReplicaSet."""
    yield from _workload(mapping(object.get("spec")), frozenset())


def stateful_set(object: Object) -> Refusals:
    """A StatefulSet, whose claim templates are volumes of its pods."""
    spec = mapping(object.get("spec"))
    claims = list(items(spec.get("volumeClaimTemplates"), "spec.volumeClaimTemplates"))
    names = frozenset(text(mapping(claim.get("metadata")).get("name")) for _, claim in claims)
    yield from _workload(spec, names)
    for place, claim in claims:
        yield from claim_spec(claim.get("spec"), f"{place}.spec")
    policies = {"OrderedReady", "Parallel"}
    yield from one_of(policies, spec.get("podManagementPolicy") or None, "spec.podManagementPolicy")
    yield from faulty(dns_label, spec.get("serviceName") or None, "spec.serviceName")
    retention = mapping(spec.get("persistentVolumeClaimRetentionPolicy"))
    for key in ("whenDeleted", "whenScaled"):
        place = f"spec.persistentVolumeClaimRetentionPolicy.{key}"
        yield from one_of({"Retain", "Delete"}, retention.get(key) or None, place)
    start = mapping(spec.get("ordinals")).get("start")
    yield from at_least(0, start, "spec.ordinals.start")
    yield from _stateful_update(mapping(spec.get("updateStrategy")), "spec.updateStrategy")


def daemon_set(object: Object) -> Refusals:
    """A DaemonSet."""
    spec = mapping(object.get("spec"))
    yield from _workload(spec, frozenset())
    yield from at_least(0, spec.get("revisionHistoryLimit"), "spec.revisionHistoryLimit")
    strategy, at = mapping(spec.get("updateStrategy")), "spec.updateStrategy"
    yield from one_of({"RollingUpdate", "OnDelete"}, strategy.get("type") or None, at)
    if (strategy.get("type") or "RollingUpdate") == "RollingUpdate":
        yield from _daemon_update(mapping(strategy.get("rollingUpdate")), f"{at}.rollingUpdate")


def _workload(spec: Object, claimed: frozenset[str]) -> Refusals:
    """What holds for all of them: selector, template, counts."""
    for key in ("replicas", "minReadySeconds"):
        yield from at_least(0, spec.get(key), f"spec.{key}")
    yield from _selector(spec)
    yield from template(spec.get("template"), "spec.template", claimed)
    pod, at = mapping(mapping(spec.get("template")).get("spec")), "spec.template.spec"
    if (pod.get("restartPolicy") or "Always") != "Always":
        yield Refusal(f"{at}.restartPolicy", "pods that are kept running restart `Always`")
    if pod.get("activeDeadlineSeconds") is not None:
        yield Refusal(f"{at}.activeDeadlineSeconds", "pods that are kept running have no deadline")


def _selector(spec: Object) -> Refusals:
    chosen = spec.get("selector")
    if not isinstance(chosen, dict):
        yield Refusal("spec.selector", "is required")
        return
    if is_empty(chosen):
        yield Refusal("spec.selector", "must not be empty")
    wrong = list(selector(chosen, "spec.selector"))
    yield from wrong
    labels = mapping(mapping(mapping(spec.get("template")).get("metadata")).get("labels"))
    if not wrong and not matches(chosen, labels):
        message = "the selector does not match these labels"
        yield Refusal("spec.template.metadata.labels", message)


def _rolling(rolling: Object, at: str) -> Refusals:
    unavailable, surge = rolling.get("maxUnavailable", "25%"), rolling.get("maxSurge", "25%")
    yield from count_or_share(unavailable, f"{at}.maxUnavailable")
    yield from count_or_share(surge, f"{at}.maxSurge", most=None)
    if _is_zero(unavailable) and _is_zero(surge):
        yield Refusal(f"{at}.maxUnavailable", "must not be 0 where `maxSurge` is 0")


def _stateful_update(strategy: Object, at: str) -> Refusals:
    yield from one_of({"RollingUpdate", "OnDelete"}, strategy.get("type") or None, at)
    rolling, place = strategy.get("rollingUpdate"), f"{at}.rollingUpdate"
    if strategy.get("type") == "OnDelete" and rolling is not None:
        yield Refusal(place, "is not for the strategy `OnDelete`")
        return
    yield from at_least(0, mapping(rolling).get("partition"), f"{place}.partition")


def _daemon_update(rolling: Object, at: str) -> Refusals:
    unavailable, surge = rolling.get("maxUnavailable", 1), rolling.get("maxSurge", 0)
    yield from count_or_share(unavailable, f"{at}.maxUnavailable")
    yield from count_or_share(surge, f"{at}.maxSurge")
    if not _is_zero(unavailable) and not _is_zero(surge):
        yield Refusal(f"{at}.maxSurge", "must be 0 where `maxUnavailable` is not")
    elif _is_zero(unavailable) and _is_zero(surge):
        yield Refusal(f"{at}.maxUnavailable", "must not be 0 where `maxSurge` is 0")


def count_or_share(value: Any, at: str, most: int | None = 100) -> Refusals:
    """A number that is not negative, or a percentage up to the most."""
    yield from at_least(0, value, at)
    if isinstance(value, str):
        share = value.removesuffix("%")
        if not share.isdecimal() or share == value:
            yield Refusal(at, f"`{value}` is neither a number nor a percentage such as `25%`")
        elif most is not None and int(share) > most:
            yield Refusal(at, f"{value} is more than {most}%")


def _is_zero(value: Any) -> bool:
    return value == 0 if whole(value) is not None else text(value).strip("0") == "%"
