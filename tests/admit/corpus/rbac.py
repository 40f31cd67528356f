"""Roles and their bindings."""

from __future__ import annotations

from tests.admit.corpus.bases import RBAC
from tests.admit.corpus.case import ABSENT, ACCEPTED, Case, bad, good

_SELECTOR = "aggregationRule.clusterRoleSelectors[0]"
CASES: tuple[Case, ...] = (
    bad("role", {"rules/0/verbs": []}, "rules[0].verbs", "needs a verb"),
    bad("role", {"rules/0/verbs": ["reed"]}, "rules[0].verbs[0]", "is not one of", ACCEPTED),
    good("role", {"rules/0/verbs": ["*"]}),
    good("clusterrole", {"rules/0/verbs": ["bind", "escalate", "impersonate", "use"]}),
    bad("role", {"rules/0/apiGroups": []}, "rules[0].apiGroups", "needs it"),
    bad("role", {"rules/0/resources": ABSENT}, "rules[0].resources", "needs it"),
    bad(
        "role",
        {"rules": [{"nonResourceURLs": ["/x"], "verbs": ["get"]}]},
        "rules[0].nonResourceURLs",
        "no namespace",
    ),
    good("clusterrole", {"rules": [{"nonResourceURLs": ["/x"], "verbs": ["get"]}]}),
    bad(
        "clusterrole",
        {"rules/0/nonResourceURLs": ["/x"]},
        "rules[0].nonResourceURLs",
        "beside resources",
    ),
    bad(
        "clusterrole",
        {"aggregationRule": {}},
        "aggregationRule.clusterRoleSelectors",
        "is required",
    ),
    bad("rolebinding", {"roleRef/kind": "Rolle"}, "roleRef.kind", "is not one of"),
    bad("rolebinding", {"roleRef/apiGroup": "apps"}, "roleRef.apiGroup", "is not one of"),
    bad("rolebinding", {"roleRef/name": ""}, "roleRef.name", "is required"),
    bad("rolebinding", {"roleRef/name": "a/b"}, "roleRef.name", "nor contain"),
    bad("clusterrolebinding", {"roleRef/kind": "Role"}, "roleRef.kind", "is not one of"),
    bad("rolebinding", {"subjects/0/kind": "Agent"}, "subjects[0].kind", "is not one of"),
    bad("rolebinding", {"subjects/0/name": ""}, "subjects[0].name", "is required"),
    bad("rolebinding", {"subjects/0/name": "A"}, "subjects[0].name", "lower-case"),
    bad("rolebinding", {"subjects/0/apiGroup": RBAC}, "subjects[0].apiGroup", "is not one of"),
    bad("clusterrolebinding", {"subjects/0/namespace": ""}, "subjects[0].namespace", "is required"),
    good("rolebinding", {"subjects": [{"kind": "Group", "name": "any thing", "apiGroup": RBAC}]}),
    bad(
        "rolebinding",
        {"subjects": [{"kind": "Group", "name": "g", "apiGroup": "x"}]},
        "subjects[0].apiGroup",
        "one of",
    ),
    good("rolebinding", {"subjects": []}),
    bad(
        "clusterrole",
        {"aggregationRule": {"clusterRoleSelectors": [{"matchLabels": {"a": "b c"}}]}},
        f"{_SELECTOR}.matchLabels",
        "letters",
        f"{_SELECTOR} {_SELECTOR}.matchLabels",
    ),
)
