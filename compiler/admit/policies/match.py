"""Which creations of objects a policy or a binding matches: `matchConstraints`, `matchResources`.

Source: "ValidatingAdmissionPolicy v1", Kubernetes 1.36.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import IntEnum
from typing import Any, NamedTuple

from compiler.admit.cel import plain

Object = Mapping[str, Any]
_VOWELS = "aeiou"
_PLURALS = {"Endpoints": "endpoints"}


class Match(IntEnum):
    """Whether a policy applies to a creation; the lesser of two counts where both must apply."""

    NO = 0
    CONVERTED = 1  # yes, but the cluster converts the object to another version first
    YES = 2


class Creation(NamedTuple):
    """A request to create an object."""

    group: str
    version: str
    kind: str
    name: str
    namespace: str
    object: Object
    space: Object | None  # the namespace, as far as it is known

    @classmethod
    def of(cls, object: Object, namespaces: Mapping[str, Object]) -> Creation:
        """The creation of an object in a cluster with these namespaces."""
        group, _, version = object["apiVersion"].rpartition("/")
        name = object["metadata"].get("name", "")
        namespace = object["metadata"].get("namespace", "")
        space = _named(namespaces.get(namespace), namespace) if namespace else None
        if object["kind"] == "Namespace" and not group:
            object = _named(object, name)
        return cls(group, version, object["kind"], name, namespace, object, space)

    @property
    def resource(self) -> str:
        """The name of its kind in URLs, by the rule that API servers' own names follow."""
        word = self.kind.lower()
        if word.endswith(("s", "x", "ch", "sh")):
            return _PLURALS.get(self.kind, f"{word}es")
        if word.endswith("y") and word[-2] not in _VOWELS:
            return f"{word[:-1]}ies"
        return f"{word}s"

    def variables(self) -> dict[str, Any]:
        """The variables that expressions can read."""
        kind = {"group": self.group, "version": self.version, "kind": self.kind}
        resource = {"group": self.group, "version": self.version, "resource": self.resource}
        return {
            "object": plain(self.object),
            "oldObject": None,
            "namespaceObject": plain(self.space),
            "request": {
                "kind": kind,
                "resource": resource,
                "requestKind": kind,
                "requestResource": resource,
                "name": self.name,
                "namespace": self.namespace,
                "operation": "CREATE",
                "dryRun": False,
            },
        }


def _named(space: Object | None, name: str) -> Object:
    """A namespace with the label that the API server gives to each."""
    namespace = space or {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}}
    labels = {**namespace["metadata"].get("labels", {}), "kubernetes.io/metadata.name": name}
    return {**namespace, "metadata": {**namespace["metadata"], "labels": labels}}


def concerns(constraints: Object, creation: Creation) -> bool:
    """Whether constraints can apply to any object of this kind: a quick first check."""
    rules = constraints.get("resourceRules")
    return rules is None or any(_of_kind(rule, creation) for rule in rules)


def matches(constraints: Object, creation: Creation) -> Match:
    """Whether constraints match a creation. Without rules they match all, as a binding's do."""
    rules = constraints.get("resourceRules")
    match = Match.YES if rules is None else _best(rules, constraints, creation)
    if not match or _best(constraints.get("excludeResourceRules") or (), constraints, creation):
        return Match.NO
    labels = creation.object["metadata"].get("labels", {})
    if not selects(constraints.get("objectSelector"), labels):
        return Match.NO
    space = creation.object if creation.resource == "namespaces" else creation.space
    if space is not None:
        labels = space["metadata"]["labels"]
        if not selects(constraints.get("namespaceSelector"), labels):
            return Match.NO
    return match


def _best(rules: Iterable[Object], constraints: Object, creation: Creation) -> Match:
    best = max((_rule(rule, creation) for rule in rules), default=Match.NO)
    if best is Match.CONVERTED and constraints.get("matchPolicy") == "Exact":
        return Match.NO
    return best


def _rule(rule: Object, creation: Creation) -> Match:
    scope = "Namespaced" if creation.namespace else "Cluster"
    names = rule.get("resourceNames")
    named = not names or creation.name in names
    if not _of_kind(rule, creation) or rule.get("scope", "*") not in ("*", scope) or not named:
        return Match.NO
    other = {"*", creation.version}.isdisjoint(rule["apiVersions"])
    return Match.CONVERTED if other else Match.YES


def _of_kind(rule: Object, creation: Creation) -> bool:
    resource = creation.resource
    return not (
        {"*", "CREATE"}.isdisjoint(rule["operations"])
        or {"*", creation.group}.isdisjoint(rule["apiGroups"])
        or {"*", "*/*", resource, f"{resource}/*"}.isdisjoint(rule["resources"])
    )


def selects(selector: Object | None, labels: Mapping[str, str]) -> bool:
    """Whether a label selector matches labels; no selector matches all."""
    if not selector:
        return True
    if any(labels.get(key) != value for key, value in selector.get("matchLabels", {}).items()):
        return False
    return all(_requires(item, labels) for item in selector.get("matchExpressions", ()))


def _requires(requirement: Object, labels: Mapping[str, str]) -> bool:
    key, operator = requirement["key"], requirement["operator"]
    if operator in ("Exists", "DoesNotExist"):
        return (key in labels) is (operator == "Exists")
    inside = key in labels and labels[key] in requirement["values"]
    return inside is (operator == "In")
