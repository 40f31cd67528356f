"""The rights of groups of people in a project's two namespaces, by their role."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from compiler.verify.relation import Call
from compiler.verify.specs import Estate, Right

LOOK = frozenset({"get", "list", "watch"})
NEVER_VERBS = frozenset({"*", "bind", "escalate", "impersonate"})
NEVER_RESOURCES = frozenset(
    {
        "*",
        "secrets",
        "roles",
        "rolebindings",
        "pods/exec",
        "pods/attach",
        "pods/ephemeralcontainers",
        "serviceaccounts/token",
    }
)
"""Resources that lead to secrets, into containers or to more rights."""
SCALED = ("deployments/scale", "statefulsets/scale")
BOUNDS = frozenset(
    ("autoscaling", "horizontalpodautoscalers", verb) for verb in ("patch", "update")
)
OPERATE = frozenset(
    {("", "pods", "delete")}
    | {("apps", resource, verb) for resource in SCALED for verb in ("patch", "update")}
)


def expected(estate: Estate, cluster: str) -> Iterator[Call]:
    """Every group can look at the pods of its project."""
    for project in estate.projects.values():
        if cluster in project.clusters:
            for home in (project.agents_namespace, project.servers_namespace):
                for group, _ in project.people:
                    yield Call(cluster, project.name, group, home, "pods", "look")


def able(
    estate: Estate, cluster: str, allowed: Mapping[tuple[str, str], Iterable[Right]]
) -> Iterator[Call]:
    """The groups that have the rights for it."""
    for call in expected(estate, cluster):
        held = frozenset(allowed.get((call.agent, call.namespace), ()))
        if {("", "pods", verb) for verb in LOOK} <= held:
            yield call


def beyond(
    estate: Estate, cluster: str, group: str, namespace: str, rights: Iterable[Right]
) -> set[Right]:
    """The rights that no role of a group in a namespace has."""
    roles = {
        role
        for project in estate.projects.values()
        if cluster in project.clusters
        if namespace in (project.agents_namespace, project.servers_namespace)
        for name, role in project.people
        if name == group
    }
    return {right for right in rights if not any(_within(role, right) for role in roles)}


def _within(role: str, right: Right) -> bool:
    """A viewer looks; an operator also restarts and scales; a maintainer also sets the bounds."""
    group, resource, verb = right
    if group == "*" or verb in NEVER_VERBS or resource in NEVER_RESOURCES:
        return False
    if verb in LOOK:
        return True
    if role == "maintainer" and right in BOUNDS:
        return True
    return role in ("operator", "maintainer") and right in OPERATE
