"""Where pods may run: topology, tolerations, affinities."""

from __future__ import annotations

from tests.admit.corpus.case import Case, bad, good

_SPREAD = {"maxSkew": 1, "topologyKey": "zone", "whenUnsatisfiable": "DoNotSchedule"}
_REQUIRED = "requiredDuringSchedulingIgnoredDuringExecution"
_PREFERRED = "preferredDuringSchedulingIgnoredDuringExecution"
_NODE, _NODE_AT = (
    f"spec/affinity/nodeAffinity/{_REQUIRED}",
    f"spec.affinity.nodeAffinity.{_REQUIRED}",
)
_TERM = {"topologyKey": "zone", "labelSelector": {"matchLabels": {"a": "b"}}}
_PODS, _PODS_AT = (
    f"spec/affinity/podAntiAffinity/{_REQUIRED}",
    f"spec.affinity.podAntiAffinity.{_REQUIRED}",
)


def _expression(operator: str, *values: str, key: str = "k") -> dict[str, object]:
    expression = {"key": key, "operator": operator, "values": list(values)}
    return {"nodeSelectorTerms": [{"matchExpressions": [expression]}]}


def _field(operator: str, *values: str, key: str = "metadata.name") -> dict[str, object]:
    field = {"key": key, "operator": operator, "values": list(values)}
    return {"nodeSelectorTerms": [{"matchFields": [field]}]}


_FIELD_AT = f"{_NODE_AT}.nodeSelectorTerms[0].matchFields[0]"
_EXPRESSION_AT = f"{_NODE_AT}.nodeSelectorTerms[0].matchExpressions[0]"
CASES: tuple[Case, ...] = (
    # topology
    good("pod", {"spec/topologySpreadConstraints": [_SPREAD]}),
    bad(
        "pod",
        {"spec/topologySpreadConstraints": [{**_SPREAD, "maxSkew": 0}]},
        "spec.topologySpreadConstraints[0].maxSkew",
        "less than 1",
    ),
    bad(
        "pod",
        {"spec/topologySpreadConstraints": [{**_SPREAD, "topologyKey": ""}]},
        "spec.topologySpreadConstraints[0].topologyKey",
        "required",
    ),
    bad(
        "pod",
        {"spec/topologySpreadConstraints": [{**_SPREAD, "whenUnsatisfiable": "x"}]},
        "spec.topologySpreadConstraints[0].whenUnsatisfiable",
        "one of",
    ),
    bad(
        "pod",
        {"spec/topologySpreadConstraints": [_SPREAD, {**_SPREAD, "maxSkew": 2}]},
        "spec.topologySpreadConstraints[0].{topologyKey, whenUnsatisfiable}",
        "twice",
    ),
    good(
        "pod",
        {
            "spec/topologySpreadConstraints": [
                _SPREAD,
                {**_SPREAD, "whenUnsatisfiable": "ScheduleAnyway"},
            ]
        },
    ),
    bad(
        "pod",
        {
            "spec/topologySpreadConstraints": [
                {**_SPREAD, "whenUnsatisfiable": "ScheduleAnyway", "minDomains": 2}
            ]
        },
        "spec.topologySpreadConstraints[0].minDomains",
        "DoNotSchedule",
    ),
    bad(
        "pod",
        {"spec/topologySpreadConstraints": [{**_SPREAD, "nodeTaintsPolicy": "x"}]},
        "spec.topologySpreadConstraints[0].nodeTaintsPolicy",
        "one of",
    ),
    bad(
        "pod",
        {"spec/topologySpreadConstraints": [{**_SPREAD, "matchLabelKeys": ["a"]}]},
        "spec.topologySpreadConstraints[0].matchLabelKeys",
        "labelSelector",
    ),
    # tolerations
    good(
        "pod",
        {
            "spec/tolerations": [
                {"operator": "Exists"},
                {"key": "a", "value": "b", "effect": "NoExecute", "tolerationSeconds": 1},
            ]
        },
    ),
    bad("pod", {"spec/tolerations": [{"value": "b"}]}, "spec.tolerations[0].operator", "no `key`"),
    bad(
        "pod",
        {"spec/tolerations": [{"key": "a", "operator": "Exists", "value": "b"}]},
        "spec.tolerations[0].operator",
        "takes no value",
    ),
    bad(
        "pod",
        {"spec/tolerations": [{"key": "a", "operator": "Is"}]},
        "spec.tolerations[0].operator",
        "is not one of",
    ),
    bad(
        "pod",
        {"spec/tolerations": [{"key": "a", "operator": "Gt", "value": "1"}]},
        "spec.tolerations[0].operator",
        "is not one of",
    ),
    bad(
        "pod",
        {"spec/tolerations": [{"key": "a", "effect": "Never"}]},
        "spec.tolerations[0].effect",
        "is not one of",
    ),
    bad(
        "pod",
        {"spec/tolerations": [{"key": "a", "tolerationSeconds": 5}]},
        "spec.tolerations[0].effect",
        "NoExecute",
    ),
    bad(
        "pod",
        {"spec/tolerations": [{"key": "a b", "operator": "Exists"}]},
        "spec.tolerations[0].key",
        "the name in",
    ),
    # affinity
    good("pod", {_NODE: _expression("In", "a")}),
    good("pod", {_NODE: _expression("Gt", "1")}),
    bad("pod", {_NODE: {"nodeSelectorTerms": []}}, f"{_NODE_AT}.nodeSelectorTerms", "is required"),
    bad("pod", {_NODE: _expression("In")}, f"{_EXPRESSION_AT}.values", "needs values"),
    bad("pod", {_NODE: _expression("Exists", "a")}, f"{_EXPRESSION_AT}.values", "takes no values"),
    bad("pod", {_NODE: _expression("Gt", "1", "2")}, f"{_EXPRESSION_AT}.values", "one value"),
    bad("pod", {_NODE: _expression("Is", "a")}, f"{_EXPRESSION_AT}.operator", "not an operator"),
    bad("pod", {_NODE: _expression("In", "a b")}, f"{_EXPRESSION_AT}.values[0]", "letters, digits"),
    bad("pod", {_NODE: _expression("In", "a", key="a b")}, f"{_EXPRESSION_AT}.key", "the name in"),
    bad(
        "pod",
        {f"spec/affinity/nodeAffinity/{_PREFERRED}": [{"weight": 0, "preference": {}}]},
        f"spec.affinity.nodeAffinity.{_PREFERRED}[0].weight",
        "not between 1 and 100",
    ),
    good("pod", {_PODS: [_TERM]}),
    bad(
        "pod", {_PODS: [{**_TERM, "topologyKey": ""}]}, f"{_PODS_AT}[0].topologyKey", "is required"
    ),
    bad("pod", {_PODS: [{**_TERM, "namespaces": ["A"]}]}, f"{_PODS_AT}[0].namespace", "lower-case"),
    bad(
        "pod",
        {_PODS: [{**_TERM, "matchLabelKeys": ["x"], "mismatchLabelKeys": ["x"]}]},
        f"{_PODS_AT}[0].matchLabelKeys[0]",
        "mismatchLabelKeys",
    ),
    bad(
        "pod",
        {_PODS: [{**_TERM, "labelSelector": {"matchLabels": {"a": "b c"}}}]},
        f"{_PODS_AT}[0].labelSelector.matchLabels",
        "letters, digits",
    ),
    bad(
        "pod",
        {"spec/tolerations": [{"key": "a", "value": "b c"}]},
        "spec.tolerations[0].operator",
        "letters, digits",
    ),
    bad(
        "pod",
        {"spec/topologySpreadConstraints": [{**_SPREAD, "minDomains": 0}]},
        "spec.topologySpreadConstraints[0].minDomains",
        "less than 1",
    ),
    bad(
        "pod",
        {
            "spec/topologySpreadConstraints": [
                {**_SPREAD, "labelSelector": {"matchLabels": {"a": "b c"}}}
            ]
        },
        "spec.topologySpreadConstraints[0].labelSelector.matchLabels",
        "letters",
    ),
    bad(
        "pod",
        {
            "spec/topologySpreadConstraints": [
                {**_SPREAD, "matchLabelKeys": ["a b"], "labelSelector": {}}
            ]
        },
        "spec.topologySpreadConstraints[0].matchLabelKeys[0]",
        "the name in",
    ),
    bad(
        "pod",
        {
            f"spec/affinity/nodeAffinity/{_PREFERRED}": [
                {"weight": 1, "preference": {"matchExpressions": [{"key": "a", "operator": "In"}]}}
            ]
        },
        f"spec.affinity.nodeAffinity.{_PREFERRED}[0].preference.matchExpressions[0].values",
        "needs values",
    ),
    good(
        "pod",
        {
            f"spec/affinity/nodeAffinity/{_PREFERRED}": [
                {
                    "weight": 1,
                    "preference": {
                        "matchExpressions": [{"key": "a", "operator": "In", "values": ["b c"]}]
                    },
                }
            ]
        },
    ),
    bad(
        "pod",
        {f"spec/affinity/podAffinity/{_PREFERRED}": [{"weight": 101, "podAffinityTerm": _TERM}]},
        f"spec.affinity.podAffinity.{_PREFERRED}[0].weight",
        "not between",
    ),
    bad(
        "pod",
        {
            f"spec/affinity/podAffinity/{_PREFERRED}": [
                {"weight": 1, "podAffinityTerm": {"topologyKey": ""}}
            ]
        },
        f"spec.affinity.podAffinity.{_PREFERRED}[0].podAffinityTerm.topologyKey",
        "is required",
    ),
    bad(
        "pod",
        {_PODS: [{**_TERM, "namespaceSelector": {"matchLabels": {"a": "b c"}}}]},
        f"{_PODS_AT}[0].namespaceSelector.matchLabels",
        "letters",
    ),
    good("pod", {_NODE: _field("In", "n")}),
    bad("pod", {_NODE: _field("Exists")}, f"{_FIELD_AT}.operator", "must be `In`"),
    bad("pod", {_NODE: _field("In", "a", "b")}, f"{_FIELD_AT}.values", "one value"),
    bad("pod", {_NODE: _field("In", "A")}, f"{_FIELD_AT}.values[0]", "lower-case"),
    bad("pod", {_NODE: _field("In", "a", key="spec.x")}, f"{_FIELD_AT}.key", "no field but"),
)
