"""Roles and their bindings.

From pkg/apis/rbac/validation/validation.go of k8s.io/kubernetes. Kubernetes takes any text for a
verb; we take only those that something asks for, so that a misspelt one does not pass.
"""

from __future__ import annotations

from collections.abc import Collection

from compiler.admit.semantics.names import dns_subdomain, path_segment
from compiler.admit.semantics.refusal import (
    Object,
    Refusal,
    Refusals,
    faulty,
    items,
    mapping,
    needed,
    one_of,
    required,
    texts,
)
from compiler.admit.semantics.selectors import selector

_GROUP = "rbac.authorization.k8s.io"
_RESOURCE_VERBS = frozenset(
    {"get", "list", "watch", "create", "update", "patch", "delete", "deletecollection"}
    | {"use", "bind", "escalate", "impersonate", "approve", "sign", "attest", "*"}
)
_URL_VERBS = frozenset({"get", "head", "post", "put", "patch", "delete", "options", "*"})
_SUBJECTS = {"ServiceAccount", "User", "Group"}


def role(object: Object) -> Refusals:
    """A Role."""
    for place, rule in items(object.get("rules"), "rules"):
        yield from _rule(rule, place)
        if rule.get("nonResourceURLs"):
            yield Refusal(f"{place}.nonResourceURLs", "URLs lie in no namespace")


def cluster_role(object: Object) -> Refusals:
    """A ClusterRole."""
    for place, rule in items(object.get("rules"), "rules"):
        yield from _rule(rule, place)
    aggregation, at = object.get("aggregationRule"), "aggregationRule.clusterRoleSelectors"
    if isinstance(aggregation, dict):
        if not aggregation.get("clusterRoleSelectors"):
            yield Refusal(at, "is required")
        for place, chosen in items(aggregation.get("clusterRoleSelectors"), at):
            yield from selector(chosen, place)


def role_binding(object: Object) -> Refusals:
    """A RoleBinding."""
    yield from _binding(object, {"Role", "ClusterRole"}, namespaced=True)


def cluster_role_binding(object: Object) -> Refusals:
    """A ClusterRoleBinding."""
    yield from _binding(object, {"ClusterRole"}, namespaced=False)


def _rule(rule: Object, at: str) -> Refusals:
    if not rule.get("verbs"):
        yield Refusal(f"{at}.verbs", "a rule needs a verb")
    urls = rule.get("nonResourceURLs")
    for place, verb in texts(rule.get("verbs"), f"{at}.verbs"):
        yield from one_of(_URL_VERBS if urls else _RESOURCE_VERBS, verb, place)
    if urls:
        if any(rule.get(key) for key in ("apiGroups", "resources", "resourceNames")):
            yield Refusal(f"{at}.nonResourceURLs", "cannot stand beside resources")
        return
    for key in ("apiGroups", "resources"):
        if not rule.get(key):
            yield Refusal(f"{at}.{key}", "a rule about resources needs it")


def _binding(object: Object, kinds: Collection[str], *, namespaced: bool) -> Refusals:
    reference = mapping(object.get("roleRef"))
    # without a group the server fills it in
    yield from one_of({_GROUP}, reference.get("apiGroup") or None, "roleRef.apiGroup")
    yield from one_of(kinds, reference.get("kind", ""), "roleRef.kind")
    yield from needed(path_segment, reference.get("name"), "roleRef.name")
    for place, subject in items(object.get("subjects"), "subjects"):
        yield from _subject(subject, place, namespaced=namespaced)


def _subject(subject: Object, at: str, *, namespaced: bool) -> Refusals:
    yield from required(subject, "name", at)
    kind, group = subject.get("kind", ""), subject.get("apiGroup") or None
    yield from one_of(_SUBJECTS, kind, f"{at}.kind")
    if kind != "ServiceAccount":
        yield from one_of({_GROUP}, group, f"{at}.apiGroup")
        return
    yield from faulty(dns_subdomain, subject.get("name") or None, f"{at}.name")
    yield from one_of({""}, group, f"{at}.apiGroup")
    if not namespaced and not subject.get("namespace"):
        yield Refusal(f"{at}.namespace", "is required")
