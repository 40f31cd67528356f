"""Jobs and CronJobs.

From pkg/apis/batch/validation/validation.go of k8s.io/kubernetes.
"""

from __future__ import annotations

from compiler.admit.cron import cron_fault
from compiler.admit.semantics.names import dns_label, label_key, label_value
from compiler.admit.semantics.pods import RESTARTS, template
from compiler.admit.semantics.refusal import (
    Object,
    Refusal,
    Refusals,
    at_least,
    faulty,
    items,
    mapping,
    one_of,
    repeated,
    size,
    text,
    whole,
    within,
)
from compiler.admit.semantics.selectors import matches, selector
from compiler.admit.semantics.zones import time_zone

_COUNTS = (
    "parallelism",
    "completions",
    "activeDeadlineSeconds",
    "backoffLimit",
    "ttlSecondsAfterFinished",
    "backoffLimitPerIndex",
    "maxFailedIndexes",
)
_ACTIONS = {"FailJob", "FailIndex", "Ignore", "Count"}
_LONGEST_CRON_JOB = 52  # its jobs have 11 more characters


def job(object: Object) -> Refusals:
    """A Job."""
    spec = mapping(object.get("spec"))
    yield from _job_spec(spec, "spec")
    yield from _selector(spec)
    yield from _pod_names(text(mapping(object.get("metadata")).get("name")), spec)


def _selector(spec: Object) -> Refusals:
    """The server makes one, unless the author says that it is made by hand."""
    chosen, by_hand = spec.get("selector"), spec.get("manualSelector") is True
    yield from selector(chosen, "spec.selector")
    labels = mapping(mapping(mapping(spec.get("template")).get("metadata")).get("labels"))
    if not by_hand and isinstance(chosen, dict):
        yield Refusal("spec.selector", "is made by the server, unless `manualSelector: true`")
    elif by_hand and not isinstance(chosen, dict):
        yield Refusal("spec.selector", "is required with `manualSelector: true`")
    elif by_hand and not matches(chosen, labels):
        yield Refusal("spec.template.metadata.labels", "the selector does not match these labels")


def _pod_names(name: str, spec: Object) -> Refusals:
    """The name of a job becomes a label of its pods; with a number, the host name of each."""
    if spec.get("manualSelector") is not True:
        yield from faulty(label_value, name or None, "metadata.name")
    completions = _completions(spec)
    if spec.get("completionMode") == "Indexed" and completions:
        yield from faulty(dns_label, f"{name}-{completions - 1}", "metadata.name")


def _completions(spec: Object) -> int | None:
    completions = whole(spec.get("completions"))
    return 1 if completions is None and spec.get("parallelism") is None else completions


def cron_job(object: Object) -> Refusals:
    """A CronJob."""
    spec = mapping(object.get("spec"))
    if len(text(mapping(object.get("metadata")).get("name"))) > _LONGEST_CRON_JOB:
        yield Refusal("metadata.name", f"is longer than {_LONGEST_CRON_JOB} characters")
    yield from _schedule(spec)
    yield from faulty(time_zone, spec.get("timeZone"), "spec.timeZone")
    policies = {"Allow", "Forbid", "Replace"}
    yield from one_of(policies, spec.get("concurrencyPolicy") or None, "spec.concurrencyPolicy")
    for key in (
        "startingDeadlineSeconds",
        "successfulJobsHistoryLimit",
        "failedJobsHistoryLimit",
    ):
        yield from at_least(0, spec.get(key), f"spec.{key}")
    inner = mapping(mapping(spec.get("jobTemplate")).get("spec"))
    yield from _job_spec(inner, "spec.jobTemplate.spec")
    for key in ("selector", "manualSelector"):
        if inner.get(key):
            yield Refusal(f"spec.jobTemplate.spec.{key}", "is made by the server")


def _job_spec(spec: Object, at: str) -> Refusals:
    for key in _COUNTS:
        yield from at_least(0, spec.get(key), f"{at}.{key}")
    mode = spec.get("completionMode")
    yield from one_of({"NonIndexed", "Indexed"}, mode, f"{at}.completionMode")
    yield from _indexed(spec, at) if mode == "Indexed" else _not_indexed(spec, at)
    yield from _failure_policy(spec, f"{at}.podFailurePolicy")
    replacement = {"Failed"} if spec.get("podFailurePolicy") else {"Failed", "TerminatingOrFailed"}
    yield from one_of(replacement, spec.get("podReplacementPolicy"), f"{at}.podReplacementPolicy")
    yield from template(spec.get("template"), f"{at}.template", frozenset())
    pod = mapping(mapping(spec.get("template")).get("spec"))
    restart = text(pod.get("restartPolicy")) or "Always"
    place = f"{at}.template.spec.restartPolicy"
    if restart == "Always":
        yield Refusal(place, "pods of jobs end, so it must be `OnFailure` or `Never`")
    elif restart in RESTARTS and restart != "Never" and spec.get("podFailurePolicy"):
        yield Refusal(place, "must be `Never` beside `podFailurePolicy`")


def _indexed(spec: Object, at: str) -> Refusals:
    completions, failed = _completions(spec), whole(spec.get("maxFailedIndexes"))
    if completions is None:
        yield Refusal(f"{at}.completions", "is required beside `parallelism`")
    if (whole(spec.get("parallelism")) or 0) > 100_000:
        yield Refusal(f"{at}.parallelism", "is above 100000")
    if failed is not None and spec.get("backoffLimitPerIndex") is None:
        yield Refusal(f"{at}.backoffLimitPerIndex", "is required beside `maxFailedIndexes`")
    if failed is not None and completions is not None and failed > completions:
        yield Refusal(f"{at}.maxFailedIndexes", f"{failed} is above `completions`")
    if isinstance(spec.get("successPolicy"), dict):
        yield from _success_policy(spec["successPolicy"], completions or 0, f"{at}.successPolicy")


def _success_policy(policy: Object, completions: int, at: str) -> Refusals:
    if not policy.get("rules"):
        yield Refusal(f"{at}.rules", "is required")
    for place, rule in items(policy.get("rules"), f"{at}.rules"):
        count, indexes = whole(rule.get("succeededCount")), rule.get("succeededIndexes")
        if count is None and indexes is None:
            yield Refusal(place, "needs one of `succeededCount` and `succeededIndexes`")
        yield from within(0, completions, count, f"{place}.succeededCount")
        if indexes:
            yield from _indexes(text(indexes), completions, f"{place}.succeededIndexes")


def _indexes(written: str, completions: int, at: str) -> Refusals:
    """Numbers of pods such as `1,3-5`: each above the one before, and below the completions."""
    last = -1
    for part in written.split(","):
        first, dash, end = part.partition("-")
        numbers = [int(number) for number in (first, end) if number.isdecimal()]
        if len(numbers) != 1 + bool(dash) or numbers != sorted(set(numbers)):
            yield Refusal(at, f"`{part}` is neither a number nor a range such as `1-3`")
        elif numbers[0] <= last or numbers[-1] >= completions:
            yield Refusal(at, f"`{part}` is not above {last} and below {completions}")
        last = numbers[-1] if numbers else last


def _not_indexed(spec: Object, at: str) -> Refusals:
    for key in ("backoffLimitPerIndex", "maxFailedIndexes", "successPolicy"):
        if spec.get(key) is not None:
            yield Refusal(f"{at}.{key}", "needs `completionMode: Indexed`")
    if spec.get("maxFailedIndexes") is not None and spec.get("backoffLimitPerIndex") is None:
        yield Refusal(f"{at}.backoffLimitPerIndex", "is required beside `maxFailedIndexes`")


def _failure_policy(spec: Object, at: str) -> Refusals:
    rules = mapping(spec.get("podFailurePolicy")).get("rules")
    if size(rules) > 20:
        yield Refusal(f"{at}.rules", "there are more than 20 rules")
    for place, rule in items(rules, f"{at}.rules"):
        action, codes, conditions = (
            rule.get(key) for key in ("action", "onExitCodes", "onPodConditions")
        )
        yield from one_of(_ACTIONS, action, f"{place}.action")
        if action == "FailIndex" and spec.get("backoffLimitPerIndex") is None:
            yield Refusal(f"{place}.action", "`FailIndex` needs `backoffLimitPerIndex`")
        if isinstance(codes, dict) == bool(conditions):
            yield Refusal(place, "needs one of `onExitCodes` and `onPodConditions`")
        if isinstance(codes, dict):
            yield from _exit_codes(codes, spec, f"{place}.onExitCodes")
        for where, condition in items(conditions, f"{place}.onPodConditions"):
            yield from faulty(label_key, condition.get("type", ""), f"{where}.type")
            statuses = {"True", "False", "Unknown"}
            yield from one_of(statuses, condition.get("status"), f"{where}.status")


def _exit_codes(codes: Object, spec: Object, at: str) -> Refusals:
    yield from one_of({"In", "NotIn"}, codes.get("operator"), f"{at}.operator")
    pod = mapping(mapping(spec.get("template")).get("spec"))
    names = {
        text(container.get("name"))
        for kind in ("containers", "initContainers")
        for _, container in items(pod.get(kind), "")
    }
    if codes.get("containerName") is not None and text(codes["containerName"]) not in names:
        yield Refusal(f"{at}.containerName", f"there is no container `{codes['containerName']}`")
    listed = codes.get("values")
    values = listed if isinstance(listed, list) else []
    if not values:
        yield Refusal(f"{at}.values", "is required")
    if len(values) > 255:
        yield Refusal(f"{at}.values", "there are more than 255")
    yield from repeated((f"{at}.values[{index}]", value) for index, value in enumerate(values))
    for index, value in enumerate(values):
        if value == 0 and codes.get("operator") == "In":
            yield Refusal(f"{at}.values[{index}]", "0 is no failure")
    if all(isinstance(value, int) for value in values) and values != sorted(values):
        yield Refusal(f"{at}.values", "must be in ascending order")


def _schedule(spec: Object) -> Refusals:
    schedule, at = text(spec.get("schedule")), "spec.schedule"
    if not schedule:
        yield Refusal(at, "is required")
    elif "TZ" in schedule:
        yield Refusal(at, "a time zone belongs into `timeZone`")
    elif fault := cron_fault(schedule, descriptors=True):
        yield Refusal(at, fault)
