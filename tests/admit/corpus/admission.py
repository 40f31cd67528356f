"""ValidatingAdmissionPolicies and their bindings."""

from __future__ import annotations

from tests.admit.corpus.case import ABSENT, APPLIED, Case, bad, good

_MATCH, _MATCH_AT = (
    "spec/matchConstraints/resourceRules/0",
    "spec.matchConstraints.resourceRules[0]",
)
_AUDIT, _AUDIT_AT = "spec/auditAnnotations", "spec.auditAnnotations"
_PARAM, _PARAM_AT = "spec/paramRef", "spec.paramRef"
_FOUND = {"parameterNotFoundAction": "Deny"}
CASES: tuple[Case, ...] = (
    good(
        "policy",
        {"spec/failurePolicy": "Ignore", "spec/variables": [{"name": "a", "expression": "1"}]},
    ),
    bad("policy", {"spec/failurePolicy": "Wait"}, "spec.failurePolicy", "is not one of"),
    bad("policy", {"spec/matchConstraints": ABSENT}, "spec.matchConstraints", "is required"),
    bad(
        "policy",
        {"spec/matchConstraints/resourceRules": []},
        "spec.matchConstraints.resourceRules",
        "is required",
    ),
    bad(
        "policy",
        {"spec/validations": []},
        "spec.validations",
        "needs",
        "spec.auditAnnotations spec.validations",
    ),
    bad(
        "policy",
        {"spec/validations/0/expression": " "},
        "spec.validations[0].expression",
        "is required",
    ),
    bad(
        "policy", {"spec/validations/0/message": "a\nb"}, "spec.validations[0].message", "one line"
    ),
    bad(
        "policy",
        {"spec/validations/0/reason": "Bad"},
        "spec.validations[0].reason",
        "is not one of",
    ),
    bad(
        "policy",
        {"spec/variables": [{"name": "a-b", "expression": "1"}]},
        "spec.variables[0].name",
        "letters",
    ),
    bad(
        "policy",
        {"spec/matchConditions": [{"name": "a b", "expression": "true"}]},
        "spec.matchConditions[0].name",
        "the name in",
    ),
    bad(
        "policy",
        {"spec/paramKind": {"apiVersion": "v1", "kind": ""}},
        "spec.paramKind.kind",
        "is required",
    ),
    bad(
        "policy", {f"{_MATCH}/operations": ["MAKE"]}, f"{_MATCH_AT}.operations[0]", "is not one of"
    ),
    bad(
        "policy", {f"{_MATCH}/operations": ["*", "CREATE"]}, f"{_MATCH_AT}.operations", "beside `*`"
    ),
    bad("policy", {f"{_MATCH}/apiGroups": []}, f"{_MATCH_AT}.apiGroups", "is required"),
    bad("policy", {f"{_MATCH}/resources": ["*", "pods"]}, f"{_MATCH_AT}.resources", "beside `*`"),
    good("policy", {f"{_MATCH}/resources": ["*", "pods/exec"]}),
    bad(
        "policy",
        {f"{_MATCH}/resources": ["pods/*", "pods/exec"]},
        f"{_MATCH_AT}.resources[1]",
        "covers it",
    ),
    bad(
        "policy",
        {"spec/matchConstraints/namespaceSelector": {"matchLabels": {"a": "b c"}}},
        "spec.matchConstraints.namespaceSelector.matchLabels",
        "letters",
    ),
    bad("binding", {"spec/policyName": ""}, "spec.policyName", "is required"),
    bad("binding", {"spec/validationActions": []}, "spec.validationActions", "is required"),
    bad(
        "binding",
        {"spec/validationActions": ["Refuse"]},
        "spec.validationActions[0]",
        "is not one of",
    ),
    bad(
        "binding",
        {"spec/validationActions": ["Deny", "Warn"]},
        "spec.validationActions",
        "nothing more",
    ),
    bad(
        "binding",
        {"spec/paramRef": {"name": "a"}},
        "spec.paramRef.parameterNotFoundAction",
        "required",
    ),
    bad(
        "binding",
        {"spec/paramRef": {"parameterNotFoundAction": "Deny"}},
        "spec.paramRef",
        "needs one of",
    ),
    bad(
        "policy",
        {"spec/variables": [{"name": "a", "expression": "1"}] * 2},
        "spec.variables[1].name",
        "twice",
        APPLIED,
    ),
    bad(
        "policy",
        {_AUDIT: [{"key": "a b", "valueExpression": "'x'"}]},
        f"{_AUDIT_AT}[0].key",
        "the name in",
    ),
    bad(
        "policy",
        {_AUDIT: [{"key": "a", "valueExpression": " "}]},
        f"{_AUDIT_AT}[0].valueExpression",
        "required",
    ),
    bad(
        "policy",
        {_AUDIT: [{"key": "a", "valueExpression": "'x'"}] * 2},
        f"{_AUDIT_AT}[1].key",
        "twice",
    ),
    bad(
        "policy",
        {_AUDIT: [{"key": f"k{n}", "valueExpression": "'x'"} for n in range(21)]},
        _AUDIT_AT,
        "more than 20",
    ),
    good("policy", {_AUDIT: [{"key": "a", "valueExpression": "'x'"}], "spec/validations": []}),
    bad(
        "policy",
        {"spec/variables": [{"name": "a", "expression": " "}]},
        "spec.variables[0].expression",
        "required",
    ),
    bad("policy", {"spec/validations/0/message": " "}, "spec.validations[0].message", "blank"),
    bad(
        "policy",
        {"spec/matchConditions": [{"name": "a", "expression": " "}]},
        "spec.matchConditions[0].expression",
        "required",
    ),
    bad(
        "policy",
        {"spec/matchConditions": [{"name": "a", "expression": "true"}] * 2},
        "spec.matchConditions[1].name",
        "twice",
    ),
    bad(
        "policy",
        {"spec/matchConditions": [{"name": f"a{n}", "expression": "true"} for n in range(65)]},
        "spec.matchConditions",
        "more than 64",
    ),
    bad(
        "policy",
        {"spec/paramKind": {"apiVersion": "", "kind": "A"}},
        "spec.paramKind.apiVersion",
        "is required",
    ),
    bad(
        "policy",
        {"spec/paramKind": {"apiVersion": "A_b/v1", "kind": "A"}},
        "spec.paramKind.apiVersion",
        "is not a group",
    ),
    bad(
        "policy",
        {"spec/paramKind": {"apiVersion": "v1", "kind": "A b"}},
        "spec.paramKind.kind",
        "begin with a letter",
    ),
    bad(
        "policy",
        {"spec/matchConstraints/matchPolicy": "Loose"},
        "spec.matchConstraints.matchPolicy",
        "is not one of",
    ),
    bad("policy", {f"{_MATCH}/scope": "World"}, f"{_MATCH_AT}.scope", "is not one of"),
    bad(
        "policy",
        {f"{_MATCH}/resourceNames": ["a", "a"]},
        f"{_MATCH_AT}.resourceNames[1]",
        "twice",
    ),
    bad(
        "policy",
        {f"{_MATCH}/resourceNames": ["a/b"]},
        f"{_MATCH_AT}.resourceNames[0]",
        "nor contain",
    ),
    bad(
        "policy",
        {f"{_MATCH}/resources": ["*/*", "pods"]},
        f"{_MATCH_AT}.resources",
        "beside `*/*`",
    ),
    bad("policy", {f"{_MATCH}/apiVersions": [""]}, f"{_MATCH_AT}.apiVersions[0]", "is required"),
    bad(
        "binding",
        {"spec/matchResources": {"objectSelector": {"matchLabels": {"a": "b c"}}}},
        "spec.matchResources.objectSelector.matchLabels",
        "letters",
    ),
    bad(
        "binding",
        {"spec/validationActions": ["Deny", "Deny"]},
        "spec.validationActions[1]",
        "twice",
    ),
    bad("binding", {_PARAM: {**_FOUND, "name": "a/b"}}, f"{_PARAM_AT}.name", "nor contain"),
    bad(
        "binding",
        {_PARAM: {**_FOUND, "selector": {"matchLabels": {"a": "b c"}}}},
        f"{_PARAM_AT}.selector.matchLabels",
        "letters",
    ),
    bad(
        "binding",
        {_PARAM: {**_FOUND, "name": "a", "selector": {}}},
        f"{_PARAM_AT}.name",
        "exclude each other",
    ),
    bad(
        "binding",
        {_PARAM: {"name": "a", "parameterNotFoundAction": "Wait"}},
        f"{_PARAM_AT}.parameterNotFoundAction",
        "is not one of",
    ),
)
