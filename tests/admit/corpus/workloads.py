"""Deployments, ReplicaSets, StatefulSets and DaemonSets."""

from __future__ import annotations

from typing import Any

from tests.admit.corpus.case import ABSENT, Case, bad, good

_LABELS_AT, _POD = "spec.template.metadata.labels", "spec/template/spec"
_IN = {"key": "app", "operator": "In", "values": ["a", "b"]}
_ROLLING, _ROLLING_AT = "spec/strategy/rollingUpdate", "spec.strategy.rollingUpdate"


def _expressions(*expressions: dict[str, Any]) -> dict[str, Any]:
    return {"spec/selector": {"matchExpressions": list(expressions)}}


CASES: tuple[Case, ...] = (
    bad(
        "deployment", {"spec/template/metadata/labels": {"app": "b"}}, _LABELS_AT, "does not match"
    ),
    bad("deployment", {"spec/template/metadata": ABSENT}, _LABELS_AT, "does not match"),
    good("deployment", {"spec/template/metadata/labels": {"app": "a", "b": "c"}}),
    bad(
        "replicaset", {"spec/template/metadata/labels": {"app": "b"}}, _LABELS_AT, "does not match"
    ),
    bad(
        "statefulset", {"spec/template/metadata/labels": {"app": "b"}}, _LABELS_AT, "does not match"
    ),
    bad("daemonset", {"spec/template/metadata/labels": {"app": "b"}}, _LABELS_AT, "does not match"),
    bad("deployment", {"spec/selector": {}}, "spec.selector", "must not be empty"),
    bad("statefulset", {"spec/selector": {}}, "spec.selector", "must not be empty"),
    bad("daemonset", {"spec/selector": {}}, "spec.selector", "must not be empty"),
    good("deployment", _expressions(_IN)),
    good("deployment", _expressions({"key": "x", "operator": "DoesNotExist"})),
    bad("deployment", _expressions({**_IN, "values": ["b"]}), _LABELS_AT, "does not match"),
    bad("deployment", _expressions({**_IN, "operator": "NotIn"}), _LABELS_AT, "does not match"),
    bad(
        "deployment", _expressions({"key": "x", "operator": "Exists"}), _LABELS_AT, "does not match"
    ),
    bad(
        "deployment",
        _expressions({**_IN, "values": []}),
        "spec.selector.matchExpressions[0].values",
        "needs values",
        "spec.selector spec.selector.matchExpressions[0].values",
    ),
    bad(
        "deployment",
        _expressions({**_IN, "operator": "Exists"}),
        "spec.selector.matchExpressions[0].values",
        "takes no values",
        "spec.selector spec.selector.matchExpressions[0].values",
    ),
    bad(
        "deployment",
        _expressions({**_IN, "operator": "Is"}),
        "spec.selector.matchExpressions[0].operator",
        "not an operator",
        "spec.selector spec.selector.matchExpressions[0].operator",
    ),
    bad("deployment", {"spec/replicas": -1}, "spec.replicas", "less than 0"),
    good("deployment", {"spec/replicas": 0, "spec/revisionHistoryLimit": 0}),
    bad("deployment", {"spec/minReadySeconds": -1}, "spec.minReadySeconds", "less than 0"),
    bad(
        "deployment", {"spec/revisionHistoryLimit": -1}, "spec.revisionHistoryLimit", "less than 0"
    ),
    bad(
        "deployment", {"spec/minReadySeconds": 600}, "spec.progressDeadlineSeconds", "is not above"
    ),
    good("deployment", {"spec/minReadySeconds": 599}),
    bad(
        "deployment",
        {"spec/minReadySeconds": 5, "spec/progressDeadlineSeconds": 5},
        "spec.progressDeadlineSeconds",
        "is not above",
    ),
    bad("deployment", {"spec/strategy": {"type": "Fast"}}, "spec.strategy", "is not one of"),
    bad(
        "deployment",
        {"spec/strategy": {"type": "Recreate", "rollingUpdate": {"maxSurge": 1}}},
        _ROLLING_AT,
        "not for the strategy",
    ),
    good("deployment", {_ROLLING: {"maxSurge": 0, "maxUnavailable": 1}}),
    bad(
        "deployment",
        {_ROLLING: {"maxSurge": 0, "maxUnavailable": 0}},
        f"{_ROLLING_AT}.maxUnavailable",
        "must not be 0",
    ),
    bad(
        "deployment",
        {_ROLLING: {"maxSurge": 0, "maxUnavailable": "0%"}},
        f"{_ROLLING_AT}.maxUnavailable",
        "must not be 0",
    ),
    bad(
        "deployment",
        {_ROLLING: {"maxUnavailable": "101%"}},
        f"{_ROLLING_AT}.maxUnavailable",
        "more than 100%",
    ),
    good("deployment", {_ROLLING: {"maxSurge": "200%"}}),
    bad("deployment", {_ROLLING: {"maxSurge": "5"}}, f"{_ROLLING_AT}.maxSurge", "neither"),
    bad("deployment", {_ROLLING: {"maxSurge": -1}}, f"{_ROLLING_AT}.maxSurge", "less than 0"),
    bad(
        "deployment",
        {f"{_POD}/restartPolicy": "Never"},
        "spec.template.spec.restartPolicy",
        "restart `Always`",
    ),
    bad(
        "statefulset",
        {f"{_POD}/restartPolicy": "Never"},
        "spec.template.spec.restartPolicy",
        "restart `Always`",
    ),
    bad(
        "deployment",
        {f"{_POD}/activeDeadlineSeconds": 5},
        "spec.template.spec.activeDeadlineSeconds",
        "no deadline",
    ),
    bad(
        "daemonset",
        {f"{_POD}/activeDeadlineSeconds": 5},
        "spec.template.spec.activeDeadlineSeconds",
        "no deadline",
    ),
    # StatefulSets
    bad("statefulset", {"spec/podManagementPolicy": "Some"}, "spec.podManagementPolicy", "one of"),
    bad("statefulset", {"spec/serviceName": "A"}, "spec.serviceName", "lower-case"),
    good("statefulset", {"spec/serviceName": ABSENT}),
    bad("statefulset", {"spec/updateStrategy": {"type": "Fast"}}, "spec.updateStrategy", "one of"),
    bad(
        "statefulset",
        {"spec/updateStrategy": {"type": "OnDelete", "rollingUpdate": {"partition": 1}}},
        "spec.updateStrategy.rollingUpdate",
        "not for the strategy",
    ),
    bad(
        "statefulset",
        {"spec/updateStrategy": {"rollingUpdate": {"partition": -1}}},
        "spec.updateStrategy.rollingUpdate.partition",
        "less than 0",
    ),
    bad(
        "statefulset",
        {"spec/persistentVolumeClaimRetentionPolicy": {"whenDeleted": "Keep"}},
        "spec.persistentVolumeClaimRetentionPolicy.whenDeleted",
        "is not one of",
    ),
    bad("statefulset", {"spec/ordinals": {"start": -1}}, "spec.ordinals.start", "less than 0"),
    # DaemonSets
    good("daemonset", {"spec/updateStrategy": {"rollingUpdate": {"maxUnavailable": "10%"}}}),
    bad(
        "daemonset",
        {"spec/updateStrategy": {"rollingUpdate": {"maxSurge": 1}}},
        "spec.updateStrategy.rollingUpdate.maxSurge",
        "must be 0",
    ),
    bad(
        "daemonset",
        {"spec/updateStrategy": {"rollingUpdate": {"maxUnavailable": 0}}},
        "spec.updateStrategy.rollingUpdate.maxUnavailable",
        "must not be 0",
    ),
    bad("daemonset", {"spec/updateStrategy": {"type": "Fast"}}, "spec.updateStrategy", "one of"),
    bad(
        "deployment",
        {"spec/selector": {"matchExpressions": [{**_IN, "key": "a b"}]}},
        "spec.selector.matchExpressions[0].key",
        "the name in",
        "spec.selector spec.selector.matchExpressions[0].key",
    ),
    bad(
        "deployment",
        {"spec/selector": {"matchExpressions": [{**_IN, "values": ["b c"]}]}},
        "spec.selector.matchExpressions[0].values[0]",
        "letters",
        "spec.selector spec.selector.matchExpressions[0].values[0]",
    ),
    bad("daemonset", {"spec/revisionHistoryLimit": -1}, "spec.revisionHistoryLimit", "less than 0"),
    good("statefulset", {"spec/revisionHistoryLimit": -1}),
    bad(
        "daemonset",
        {"spec/updateStrategy": {"rollingUpdate": {"maxUnavailable": "101%"}}},
        "spec.updateStrategy.rollingUpdate.maxUnavailable",
        "more than",
    ),
    bad(
        "daemonset",
        {"spec/updateStrategy": {"rollingUpdate": {"maxUnavailable": 0, "maxSurge": "101%"}}},
        "spec.updateStrategy.rollingUpdate.maxSurge",
        "more than",
    ),
    good("statefulset", {"spec/updateStrategy": {"rollingUpdate": {"maxUnavailable": 0}}}),
)
