"""Jobs and CronJobs."""

from __future__ import annotations

from typing import Any

from tests.admit.corpus.case import ABSENT, Case, bad, good

_POD = "spec/template/spec"
_JOB = "spec/jobTemplate/spec"


def _failure(**rule: Any) -> dict[str, Any]:
    return {"spec/podFailurePolicy": {"rules": [{"action": "FailJob", **rule}]}}


_CODES = {"operator": "In", "values": [1, 2]}
_INDEXED = {"spec/completionMode": "Indexed", "spec/completions": 3}
_AT_RULE = "spec.podFailurePolicy.rules[0]"
_MANUAL = {
    "spec/manualSelector": True,
    "spec/selector": {"matchLabels": {"a": "b"}},
    "spec/template/metadata/labels": {"a": "b"},
}
CASES: tuple[Case, ...] = (
    # Jobs
    good("job", {}),
    bad(
        "job",
        {f"{_POD}/restartPolicy": "Always"},
        "spec.template.spec.restartPolicy",
        "pods of jobs end",
    ),
    bad(
        "job",
        {f"{_POD}/restartPolicy": ABSENT},
        "spec.template.spec.restartPolicy",
        "pods of jobs end",
    ),
    bad("job", {"spec/backoffLimit": -1}, "spec.backoffLimit", "less than 0"),
    bad("job", {"spec/completions": -1}, "spec.completions", "less than 0"),
    bad("job", {"spec/completionMode": "Any"}, "spec.completionMode", "is not one of"),
    good("job", {"spec/completionMode": "Indexed"}),
    bad(
        "job",
        {"spec/completionMode": "Indexed", "spec/parallelism": 2},
        "spec.completions",
        "is required",
    ),
    good("job", {**_INDEXED, "spec/backoffLimitPerIndex": 1, "spec/maxFailedIndexes": 3}),
    bad(
        "job",
        {**_INDEXED, "spec/backoffLimitPerIndex": 1, "spec/maxFailedIndexes": 4},
        "spec.maxFailedIndexes",
        "above",
    ),
    bad("job", {"spec/backoffLimitPerIndex": 1}, "spec.backoffLimitPerIndex", "Indexed"),
    bad(
        "job",
        {"spec/successPolicy": {"rules": [{"succeededCount": 1}]}},
        "spec.successPolicy",
        "Indexed",
    ),
    good("job", {**_INDEXED, "spec/successPolicy": {"rules": [{"succeededCount": 1}]}}),
    bad(
        "job",
        {**_INDEXED, "spec/successPolicy": {"rules": []}},
        "spec.successPolicy.rules",
        "is required",
    ),
    bad(
        "job",
        {**_INDEXED, "spec/successPolicy": {"rules": [{}]}},
        "spec.successPolicy.rules[0]",
        "needs",
    ),
    good("job", {**_INDEXED, "spec/successPolicy": {"rules": [{"succeededIndexes": "0,1-2"}]}}),
    bad(
        "job",
        {**_INDEXED, "spec/successPolicy": {"rules": [{"succeededIndexes": "0,3"}]}},
        "spec.successPolicy.rules[0].succeededIndexes",
        "below 3",
    ),
    bad(
        "job",
        {**_INDEXED, "spec/successPolicy": {"rules": [{"succeededIndexes": "2-1"}]}},
        "spec.successPolicy.rules[0].succeededIndexes",
        "neither",
    ),
    bad(
        "job",
        {**_INDEXED, "spec/successPolicy": {"rules": [{"succeededCount": 4}]}},
        "spec.successPolicy.rules[0].succeededCount",
        "not between",
    ),
    bad("job", {**_INDEXED, "metadata/name": "a" * 62}, "metadata.name", "longer than 63"),
    good("job", _failure(onExitCodes=_CODES)),
    bad("job", _failure(), _AT_RULE, "needs one of"),
    bad(
        "job",
        _failure(onExitCodes={**_CODES, "values": [2, 1]}),
        f"{_AT_RULE}.onExitCodes.values",
        "ascending",
    ),
    bad(
        "job",
        _failure(onExitCodes={**_CODES, "values": [0, 1]}),
        f"{_AT_RULE}.onExitCodes.values[0]",
        "no failure",
    ),
    bad(
        "job",
        _failure(onExitCodes={**_CODES, "containerName": "x"}),
        f"{_AT_RULE}.onExitCodes.containerName",
        "no container",
    ),
    bad(
        "job",
        _failure(onExitCodes=_CODES, action="FailIndex"),
        f"{_AT_RULE}.action",
        "backoffLimitPerIndex",
    ),
    bad(
        "job",
        {**_failure(onExitCodes=_CODES), f"{_POD}/restartPolicy": "OnFailure"},
        "spec.template.spec.restartPolicy",
        "must be `Never`",
    ),
    bad(
        "job",
        {"spec/selector": {"matchLabels": {"a": "b"}}},
        "spec.selector",
        "made by the server",
        "spec.selector spec.template.metadata.labels",
    ),
    bad("job", {"spec/podReplacementPolicy": "Soon"}, "spec.podReplacementPolicy", "is not one of"),
    # CronJobs
    *(
        good("cronjob", {"spec/schedule": schedule})
        for schedule in (
            "*/5 * * * *",
            "0 0 1,15 * MON-FRI",
            "@daily",
            "@every 1h30m",
            "5/10 1-3 * jan ?",
            "59 23 31 12 6",
        )
    ),
    *(
        bad("cronjob", {"spec/schedule": schedule}, "spec.schedule", message)
        for schedule, message in (
            ("99 4 * * *", "no minute"),
            ("0 24 * * *", "no hour"),
            ("0 0 0 * *", "no day of the month"),
            ("0 0 * 13 *", "no month"),
            ("0 0 * * 7", "no day of the week"),
            ("0 0 * *", "4 fields"),
            ("0 0 * * * *", "6 fields"),
            ("*/0 * * * *", "no minute"),
            ("5-1 * * * *", "no minute"),
            ("@sometimes", "fields"),
            ("TZ=UTC 0 4 * * *", "a time zone"),
            ("", "is required"),
        )
    ),
    good("cronjob", {"spec/timeZone": "Europe/Vienna"}),
    bad("cronjob", {"spec/timeZone": "Local"}, "spec.timeZone", "not a time zone"),
    bad("cronjob", {"spec/timeZone": "Europe/Vie nna"}, "spec.timeZone", "not a time zone"),
    bad("cronjob", {"spec/concurrencyPolicy": "Wait"}, "spec.concurrencyPolicy", "is not one of"),
    bad(
        "cronjob",
        {"spec/startingDeadlineSeconds": -1},
        "spec.startingDeadlineSeconds",
        "less than 0",
    ),
    bad(
        "cronjob", {"spec/failedJobsHistoryLimit": -1}, "spec.failedJobsHistoryLimit", "less than 0"
    ),
    bad(
        "cronjob",
        {f"{_JOB}/selector": {"matchLabels": {"a": "b"}}},
        "spec.jobTemplate.spec.selector",
        "by the server",
    ),
    bad(
        "cronjob",
        {f"{_JOB}/manualSelector": True},
        "spec.jobTemplate.spec.manualSelector",
        "by the server",
    ),
    bad(
        "cronjob",
        {f"{_JOB}/template/spec/restartPolicy": "Always"},
        "spec.jobTemplate.spec.template.spec.restartPolicy",
        "pods of jobs end",
    ),
    good("job", _MANUAL),
    bad(
        "job",
        {**_MANUAL, "spec/template/metadata/labels": {"a": "c"}},
        "spec.template.metadata.labels",
        "does not match",
    ),
    bad(
        "job",
        {**_MANUAL, "spec/selector": {"matchLabels": {"a": "b c"}}},
        "spec.selector.matchLabels",
        "letters",
        "spec.selector.matchLabels",
    ),
    bad("job", {f"{_POD}/dnsPolicy": "Best"}, "spec.template.spec.dnsPolicy", "is not one of"),
    bad(
        "job",
        _failure(onExitCodes={**_CODES, "operator": "Is"}),
        f"{_AT_RULE}.onExitCodes.operator",
        "is not one of",
    ),
    bad(
        "job",
        _failure(onExitCodes={**_CODES, "values": [1, 1]}),
        f"{_AT_RULE}.onExitCodes.values[1]",
        "twice",
    ),
    bad(
        "job",
        _failure(onExitCodes={**_CODES, "values": []}),
        f"{_AT_RULE}.onExitCodes.values",
        "is required",
    ),
    bad(
        "job",
        _failure(onExitCodes={**_CODES, "values": list(range(1, 257))}),
        f"{_AT_RULE}.onExitCodes.values",
        "more than 255",
    ),
    bad("job", _failure(onExitCodes=_CODES, action="Stop"), f"{_AT_RULE}.action", "is not one of"),
    bad(
        "job",
        {"spec/podFailurePolicy": {"rules": [{"action": "Ignore", "onExitCodes": _CODES}] * 21}},
        "spec.podFailurePolicy.rules",
        "more than 20",
    ),
    bad(
        "job",
        _failure(onPodConditions=[{"type": "a b", "status": "True"}]),
        f"{_AT_RULE}.onPodConditions[0].type",
        "the name in",
    ),
    bad(
        "job",
        _failure(onPodConditions=[{"type": "a", "status": "Yes"}]),
        f"{_AT_RULE}.onPodConditions[0].status",
        "is not one of",
    ),
    bad("job", {**_INDEXED, "spec/parallelism": 100001}, "spec.parallelism", "above 100000"),
    bad(
        "job",
        {**_INDEXED, "spec/maxFailedIndexes": 1},
        "spec.backoffLimitPerIndex",
        "is required beside",
    ),
    bad("job", {"spec/maxFailedIndexes": 1}, "spec.backoffLimitPerIndex", "is required beside"),
    good("job", {**_MANUAL, "metadata/name": "a" * 64}),
    bad(
        "job",
        {"spec/manualSelector": True},
        "spec.selector",
        "is required with",
        "spec.selector spec.template.metadata.labels",
    ),
)
