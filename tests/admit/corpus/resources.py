"""Requests and limits."""

from __future__ import annotations

from typing import Any

from tests.admit.corpus.case import ACCEPTED, UNDECODED, Case, bad, good

_C, _AT = "spec/containers/0", "spec.containers[0]"


def _resources(requests: dict[str, Any], **limits: Any) -> dict[str, Any]:
    return {f"{_C}/resources": {"requests": requests, "limits": limits}}


CASES: tuple[Case, ...] = (
    good("pod", _resources({"cpu": "250m", "memory": "1Gi"}, memory="1Gi")),
    good("pod", _resources({"cpu": "1"}, cpu="1001m")),
    bad(
        "pod",
        _resources({"memory": "512MB"}),
        f"{_AT}.resources.requests[memory]",
        "not an amount",
        UNDECODED,
    ),
    bad(
        "pod",
        _resources({"memory": "1 Gi"}),
        f"{_AT}.resources.requests[memory]",
        "not an amount",
        UNDECODED,
    ),
    bad(
        "pod",
        _resources({"memory": "1gi"}),
        f"{_AT}.resources.requests[memory]",
        "not an amount",
        UNDECODED,
    ),
    bad(
        "pod",
        _resources({"cpu": "1000m"}),
        f"{_AT}.resources.requests[cpu]",
        "kept as `1`",
        ACCEPTED,
    ),
    bad(
        "pod",
        _resources({"cpu": "0.5"}),
        f"{_AT}.resources.requests[cpu]",
        "kept as `500m`",
        ACCEPTED,
    ),
    bad(
        "pod",
        _resources({"memory": "1024Mi"}),
        f"{_AT}.resources.requests[memory]",
        "as `1Gi`",
        ACCEPTED,
    ),
    good("pod", _resources({"memory": "512M"})),
    bad("pod", _resources({"cpu": "-1"}), f"{_AT}.resources.requests[cpu]", "is negative"),
    bad(
        "pod",
        _resources({"memory": "2Gi"}, memory="1Gi"),
        f"{_AT}.resources.requests",
        "above its limit",
    ),
    bad(
        "pod",
        _resources({"memory": "1G"}, memory="953Mi"),
        f"{_AT}.resources.requests",
        "above its limit",
    ),
    good("pod", _resources({"memory": "1G"}, memory="954Mi")),
    bad(
        "pod",
        _resources({"gpus": "1"}),
        f"{_AT}.resources.requests[gpus]",
        "no resource of containers",
    ),
    bad(
        "pod",
        _resources({"storage": "1Gi"}),
        f"{_AT}.resources.requests[storage]",
        "no resource of",
    ),
    good("pod", _resources({}, **{"nvidia.com/gpu": "1"})),
    bad("pod", _resources({"nvidia.com/gpu": "1"}), f"{_AT}.resources.limits", "needs a limit"),
    bad(
        "pod",
        _resources({"nvidia.com/gpu": "1"}, **{"nvidia.com/gpu": "2"}),
        f"{_AT}.resources.requests",
        "must equal",
    ),
    bad(
        "pod",
        _resources({}, **{"nvidia.com/gpu": "500m"}),
        f"{_AT}.resources.limits[nvidia.com/gpu]",
        "whole number",
        f"{_AT}.resources.limits[nvidia.com/gpu] {_AT}.resources.requests[nvidia.com/gpu]",
    ),
    bad("pod", _resources({}, **{"hugepages-2Mi": "4Mi"}), f"{_AT}.resources", "CPU or memory"),
    bad(
        "pod",
        {f"{_C}/resources": {"claims": [{"name": "x"}]}},
        f"{_AT}.resources.claims[0]",
        "none of the pod's",
    ),
    bad(
        "pod",
        {"spec/resources": {"requests": {"storage": "1"}}},
        "spec.resources.requests[storage]",
        "pods as a whole",
    ),
    bad(
        "pod",
        {"spec/resources": {"requests": {"cpu": "1"}}, **_resources({"cpu": "2"})},
        "spec.resources.requests[cpu]",
        "containers ask for",
    ),
    good("pod", {"spec/resources": {"requests": {"cpu": "2"}}, **_resources({"cpu": "2"})}),
    good(
        "pod",
        {
            "spec/resourceClaims": [{"name": "a", "resourceClaimName": "c"}],
            f"{_C}/resources": {"claims": [{"name": "a", "request": "r"}]},
        },
    ),
    bad(
        "pod",
        {
            "spec/resourceClaims": [{"name": "a", "resourceClaimName": "c"}],
            f"{_C}/resources": {"claims": [{"name": "a", "request": "R"}]},
        },
        f"{_AT}.resources.claims[0].request",
        "lower-case",
    ),
    bad(
        "pod",
        {
            "spec/resourceClaims": [{"name": "a", "resourceClaimName": "c"}],
            f"{_C}/resources": {"claims": [{"name": "a"}, {"name": "a", "request": "r"}]},
        },
        f"{_AT}.resources.claims[1]",
        "twice",
    ),
    bad(
        "pod",
        {f"{_C}/resources": {"claims": [{"name": ""}]}},
        f"{_AT}.resources.claims[0]",
        "is required",
    ),
    bad(
        "pod",
        _resources({}, **{"requests.a.io/gpu": "1"}),
        f"{_AT}.resources.limits[requests.a.io/gpu]",
        "extended resource",
        f"{_AT}.resources.limits[requests.a.io/gpu] {_AT}.resources.requests[requests.a.io/gpu]",
    ),
)
