"""Quotas, limits and classes of priority."""

from __future__ import annotations

from typing import Any

from tests.admit.corpus.case import ACCEPTED, UNDECODED, Case, bad, good

_LIMIT = "spec.limits[0]"


def _limit(**limit: Any) -> dict[str, Any]:
    return {"spec/limits": [{"type": "Container", **limit}]}


_SCOPES = "spec.scopeSelector.matchExpressions"


def _scope(name: str, operator: str, *values: str) -> dict[str, Any]:
    expression = {"scopeName": name, "operator": operator, "values": list(values)}
    return {"spec/scopeSelector": {"matchExpressions": [expression]}}


CASES: tuple[Case, ...] = (
    good(
        "quota",
        {
            "spec/hard": {
                "requests.cpu": "1",
                "limits.memory": "1Gi",
                "pods": "5",
                "count/deployments.apps": "3",
            }
        },
    ),
    bad(
        "quota",
        {"spec/hard": {"request.cpu": "1"}},
        "spec.hard[request.cpu]",
        "no resource of quotas",
    ),
    bad("quota", {"spec/hard": {"pods": "500m"}}, "spec.hard[pods]", "whole number"),
    bad("quota", {"spec/hard": {"pods": "-1"}}, "spec.hard[pods]", "negative"),
    bad("quota", {"spec/hard": {"cpu": "x"}}, "spec.hard[cpu]", "not an amount", UNDECODED),
    bad(
        "quota",
        {"spec/hard": {"requests.memory": "2048Mi"}},
        "spec.hard[requests.memory]",
        "as `2Gi`",
        ACCEPTED,
    ),
    good("quota", {"spec/scopes": ["Terminating"]}),
    bad("quota", {"spec/scopes": ["Ending"]}, "spec.scopes", "is not one of"),
    bad("quota", {"spec/scopes": ["BestEffort"]}, "spec.scopes", "does not count"),
    bad(
        "quota",
        {"spec/hard": {"pods": "1"}, "spec/scopes": ["BestEffort", "NotBestEffort"]},
        "spec.scopes",
        "exclude each other",
    ),
    bad(
        "quota",
        {
            "spec/scopeSelector": {
                "matchExpressions": [{"scopeName": "PriorityClass", "operator": "In"}]
            }
        },
        "spec.scopeSelector.matchExpressions.values",
        "needs values",
    ),
    good(
        "limits", _limit(default={"memory": "1Gi"}, defaultRequest={"cpu": "100m", "memory": "1Gi"})
    ),
    bad("limits", _limit(type="Deployment"), f"{_LIMIT}.type", "is not one of"),
    bad(
        "limits",
        {"spec/limits": [{"type": "Pod"}, {"type": "Pod"}]},
        "spec.limits[1].type",
        "twice",
    ),
    bad(
        "limits",
        _limit(min={"cpu": "2"}, max={"cpu": "1"}),
        f"{_LIMIT}.min[cpu]",
        "above `max`",
        f"{_LIMIT}.default[cpu] {_LIMIT}.defaultRequest[cpu] {_LIMIT}.min[cpu]",
    ),
    bad(
        "limits",
        _limit(default={"cpu": "1"}, defaultRequest={"cpu": "2"}),
        f"{_LIMIT}.defaultRequest[cpu]",
        "above `default`",
    ),
    bad(
        "limits",
        _limit(default={"cpu": "2"}, max={"cpu": "1"}),
        f"{_LIMIT}.default[cpu]",
        "above `max`",
        f"{_LIMIT}.default[cpu] {_LIMIT}.defaultRequest[cpu]",
    ),
    bad(
        "limits",
        _limit(default={"gpus": "2"}),
        f"{_LIMIT}.default[gpus]",
        "no resource of containers",
        f"{_LIMIT}.default[gpus] {_LIMIT}.defaultRequest[gpus]",
    ),
    bad(
        "limits", _limit(type="Pod", default={"cpu": "2"}), f"{_LIMIT}.default", "not for the type"
    ),
    bad("limits", _limit(type="PersistentVolumeClaim"), f"{_LIMIT}.limits", "of storage"),
    good("limits", _limit(type="PersistentVolumeClaim", max={"storage": "1Gi"})),
    bad(
        "limits",
        _limit(maxLimitRequestRatio={"cpu": "500m"}),
        f"{_LIMIT}.maxLimitRequestRatio[cpu]",
        "less than 1",
    ),
    bad("limits", _limit(max={"cpu": "1000m"}), f"{_LIMIT}.max[cpu]", "kept as `1`", ACCEPTED),
    bad("priority", {"value": 1000000001}, "value", "is above"),
    bad("priority", {"preemptionPolicy": "Always"}, "preemptionPolicy", "is not one of"),
    good("priority", {"value": -5, "preemptionPolicy": "Never"}),
    bad("quota", _scope("Ending", "Exists"), f"{_SCOPES}.scopeName", "is not one of"),
    bad("quota", _scope("Terminating", "In", "a"), f"{_SCOPES}.operator", "must be `Exists`"),
    bad("quota", _scope("PriorityClass", "Is"), f"{_SCOPES}.operator", "is not one of"),
    bad("quota", _scope("PriorityClass", "Exists", "a"), f"{_SCOPES}.values", "takes no values"),
    good("quota", _scope("PriorityClass", "In", "a")),
    bad("limits", _limit(type="a b"), f"{_LIMIT}.type", "the name in"),
    bad(
        "limits",
        _limit(default={"a.io/gpu": "2"}, defaultRequest={"a.io/gpu": "1"}),
        f"{_LIMIT}.defaultRequest[a.io/gpu]",
        "must equal",
    ),
    bad(
        "limits",
        _limit(min={"cpu": "1"}, max={"cpu": "2"}, maxLimitRequestRatio={"cpu": "3"}),
        f"{_LIMIT}.maxLimitRequestRatio[cpu]",
        "divided by",
    ),
)
