"""HorizontalPodAutoscalers and PodDisruptionBudgets."""

from __future__ import annotations

from typing import Any

from tests.admit.corpus.case import ABSENT, ACCEPTED, UNDECODED, Case, bad, good

_METRIC, _TARGET = "spec/metrics/0", "spec.metrics[0].resource.target"
_UP = "spec.behavior.scaleUp"


def _target(**target: Any) -> dict[str, Any]:
    return {f"{_METRIC}/resource/target": target}


def _behavior(**rules: Any) -> dict[str, Any]:
    policies = [{"type": "Pods", "value": 1, "periodSeconds": 60}]
    return {"spec/behavior": {"scaleUp": {"policies": policies, **rules}}}


def _external(**target: Any) -> dict[str, Any]:
    return {_METRIC: {"type": "External", "external": {"metric": {"name": "m"}, "target": target}}}


def _object(**more: Any) -> dict[str, Any]:
    source = {
        "describedObject": {"kind": "Service", "name": "s"},
        "metric": {"name": "m"},
        "target": {"type": "Value", "value": "1"},
        **more,
    }
    return {_METRIC: {"type": "Object", "object": source}}


def _container(**more: Any) -> dict[str, Any]:
    target = {"type": "Utilization", "averageUtilization": 5}
    source = {"name": "cpu", "container": "c", "target": target, **more}
    return {_METRIC: {"type": "ContainerResource", "containerResource": source}}


CASES: tuple[Case, ...] = (
    bad(
        "hpa",
        {"spec/minReplicas": 0},
        "spec.minReplicas",
        "less than 1",
        "spec.metrics spec.minReplicas",
    ),
    bad("hpa", {"spec/minReplicas": 11}, "spec.maxReplicas", "is below"),
    good("hpa", {"spec/minReplicas": 10}),
    bad(
        "hpa",
        {"spec/maxReplicas": 0, "spec/minReplicas": ABSENT},
        "spec.maxReplicas",
        "less than 1",
    ),
    bad("hpa", {"spec/scaleTargetRef/name": ""}, "spec.scaleTargetRef.name", "is required"),
    bad("hpa", {"spec/scaleTargetRef/kind": ""}, "spec.scaleTargetRef.kind", "is required"),
    bad(
        "hpa", {"spec/scaleTargetRef/apiVersion": "v1"}, "spec.scaleTargetRef.apiVersion", "a group"
    ),
    bad(
        "hpa",
        {"spec/scaleTargetRef/apiVersion": "a/b/c"},
        "spec.scaleTargetRef.apiVersion",
        "a group",
    ),
    bad("hpa", {f"{_METRIC}/type": "Resources"}, "spec.metrics[0].type", "is not one of"),
    bad(
        "hpa",
        {f"{_METRIC}/type": "Pods"},
        "spec.metrics[0].pods",
        "is required",
    ),
    bad(
        "hpa", _target(type="Percentage", averageUtilization=70), f"{_TARGET}.type", "is not one of"
    ),
    bad("hpa", _target(type="Utilization"), f"{_TARGET}.averageUtilization", "needs one of"),
    bad(
        "hpa",
        _target(type="Utilization", averageUtilization=0),
        f"{_TARGET}.averageUtilization",
        "less than 1",
    ),
    bad(
        "hpa",
        _target(type="Utilization", averageUtilization=5, averageValue="1"),
        f"{_TARGET}.averageValue",
        "beside",
    ),
    bad(
        "hpa",
        _target(type="AverageValue", averageValue="0"),
        f"{_TARGET}.averageValue",
        "above zero",
    ),
    bad(
        "hpa",
        _target(type="AverageValue", averageValue="x"),
        f"{_TARGET}.averageValue",
        "an amount",
        UNDECODED,
    ),
    bad(
        "hpa",
        _target(type="AverageValue", averageValue="0.5"),
        f"{_TARGET}.averageValue",
        "as `500m`",
        ACCEPTED,
    ),
    good("hpa", _external(type="AverageValue", averageValue="30")),
    bad(
        "hpa",
        _external(type="Value", value="1", averageValue="1"),
        "spec.metrics[0].external.target.value",
        "beside",
    ),
    bad(
        "hpa",
        {
            _METRIC: {
                "type": "Pods",
                "pods": {
                    "metric": {"name": ""},
                    "target": {"type": "AverageValue", "averageValue": "1"},
                },
            }
        },
        "spec.metrics[0].pods.metric.name",
        "required",
    ),
    bad(
        "hpa",
        {
            _METRIC: {
                "type": "Pods",
                "pods": {"metric": {"name": "m"}, "target": {"type": "Value", "value": "1"}},
            }
        },
        "spec.metrics[0].pods.target.averageValue",
        "needs one of",
    ),
    bad(
        "hpa",
        {
            _METRIC: {
                "type": "ContainerResource",
                "containerResource": {
                    "name": "cpu",
                    "container": "",
                    "target": {"type": "Utilization", "averageUtilization": 5},
                },
            }
        },
        "spec.metrics[0].containerResource.container",
        "required",
    ),
    good("hpa", _behavior(stabilizationWindowSeconds=3600)),
    bad(
        "hpa",
        _behavior(stabilizationWindowSeconds=3601),
        f"{_UP}.stabilizationWindowSeconds",
        "between",
    ),
    bad("hpa", _behavior(selectPolicy="Best"), f"{_UP}.selectPolicy", "is not one of"),
    bad("hpa", _behavior(policies=[]), f"{_UP}.policies", "needs a policy"),
    bad(
        "hpa",
        _behavior(policies=[{"type": "Pods", "value": 0, "periodSeconds": 1}]),
        f"{_UP}.policies[0].value",
        "less than 1",
    ),
    bad(
        "hpa",
        _behavior(policies=[{"type": "Pods", "value": 1, "periodSeconds": 1801}]),
        f"{_UP}.policies[0].periodSeconds",
        "between",
    ),
    bad(
        "hpa",
        _behavior(policies=[{"type": "Pod", "value": 1, "periodSeconds": 1}]),
        f"{_UP}.policies[0].type",
        "one of",
    ),
    good("hpa", {"spec/behavior": {"scaleDown": {"selectPolicy": "Disabled"}}}),
    good("pdb", {"spec/maxUnavailable": "100%"}),
    bad("pdb", {"spec/minAvailable": 1}, "spec", "cannot stand together"),
    bad("pdb", {"spec/maxUnavailable": "101%"}, "spec.maxUnavailable", "more than 100%"),
    bad("pdb", {"spec/maxUnavailable": -1}, "spec.maxUnavailable", "less than 0"),
    bad("pdb", {"spec/maxUnavailable": "1"}, "spec.maxUnavailable", "neither"),
    bad(
        "pdb",
        {"spec/unhealthyPodEvictionPolicy": "Never"},
        "spec.unhealthyPodEvictionPolicy",
        "one of",
    ),
    bad("pdb", {"spec/selector/matchLabels": {"a": "b c"}}, "spec.selector.matchLabels", "letters"),
    bad("hpa", {f"{_METRIC}/type": ""}, "spec.metrics[0].type", "is required"),
    bad("hpa", {f"{_METRIC}/resource/name": ""}, "spec.metrics[0].resource.name", "is required"),
    bad("hpa", _target(type="", averageUtilization=5), f"{_TARGET}.type", "is required"),
    bad(
        "hpa",
        {
            f"{_METRIC}/pods": {
                "metric": {"name": "m"},
                "target": {"type": "AverageValue", "averageValue": "1"},
            }
        },
        "spec.metrics[0].pods",
        "is not for the type",
    ),
    good("hpa", _object()),
    bad(
        "hpa",
        _object(describedObject={"kind": "", "name": "a"}),
        "spec.metrics[0].object.describedObject.kind",
        "is required",
    ),
    bad("hpa", _object(metric={"name": ""}), "spec.metrics[0].object.metric.name", "is required"),
    good("hpa", _object(metric={"name": "m", "selector": {"matchLabels": {"a": "b"}}})),
    bad(
        "hpa",
        _object(target={"type": "Value"}),
        "spec.metrics[0].object.target.averageValue",
        "needs one of",
    ),
    good("hpa", _object(target={"type": "Value", "value": "1", "averageValue": "1"})),
    bad(
        "hpa",
        {
            _METRIC: {
                "type": "External",
                "external": {"metric": {"name": ""}, "target": {"type": "Value", "value": "1"}},
            }
        },
        "spec.metrics[0].external.metric.name",
        "required",
    ),
    bad(
        "hpa",
        _container(name="gpus"),
        "spec.metrics[0].containerResource.name",
        "no resource of containers",
    ),
    bad(
        "hpa",
        _container(target={"type": "Utilization"}),
        "spec.metrics[0].containerResource.target.averageUtilization",
        "needs one of",
    ),
    bad("hpa", _behavior(tolerance="-1"), f"{_UP}.tolerance", "negative"),
)
