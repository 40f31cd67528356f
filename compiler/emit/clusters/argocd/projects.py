"""AppProjects: what the Applications of a project may apply, and where: only what was emitted.

Their names begin with their cluster's, as one Argo CD may sync several clusters.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from compiler.derive import Fleet, namespaces
from compiler.emit.clusters.argocd.components import (
    LABELS,
    SYNC,
    Component,
    Kind,
    kinds,
    namespaced,
)
from compiler.emit.format.json import Object
from compiler.emit.format.kubernetes.objects import custom, file
from compiler.file import File, Origin
from compiler.graph import Resource
from compiler.model import Cluster, Project

_ACTIONS: Mapping[str, tuple[tuple[str, str], ...]] = {
    "viewer": (("applications", "get"), ("logs", "get")),
    "operator": (("applications", "get"), ("applications", "sync"), ("logs", "get")),
    "maintainer": (("applications", "get"), ("applications", "sync"), ("logs", "get")),
}
"""What people may do in Argo CD, by their role: no role overrides what git says."""


class Scope(NamedTuple):
    """What an AppProject is about."""

    name: str
    description: str
    destination: Resource[Cluster]
    spaces: tuple[str, ...]
    account: tuple[str, ...]  # the namespaces in which the accounts of syncs lie
    within: list[Kind]  # kinds in namespaces
    beyond: list[Kind]  # kinds of the cluster itself


def of_project(fleet: Fleet, project: Resource[Project], parts: list[Component]) -> Scope:
    """The AppProject of a project in a cluster; it keeps both namespaces, even if one is empty."""
    cluster = parts[0].cluster
    scope = _scope(f"{cluster.name}.{project.name}", f"{project.name} in {cluster.name}", parts)
    spaces = tuple(sorted(namespaces.of_project(fleet.platform, project.name)))
    return scope._replace(spaces=spaces, account=spaces)


def of_platform(fleet: Fleet, cluster: Resource[Cluster], parts: list[Component]) -> Scope:
    """The AppProject of the platform's own components, in the platform's own namespaces."""
    scope = _scope(f"{cluster.name}.platform", f"the platform in {cluster.name}", parts)
    spaces = namespaces.of_platform(fleet.platform)
    return scope._replace(spaces=spaces, account=spaces)


def of_cluster(fleet: Fleet, cluster: Resource[Cluster], parts: list[Component]) -> Scope:
    """The AppProject of namespaces, and of what belongs to no namespace."""
    own = fleet.platform.argocd.namespace
    text = f"namespaces and policies of {cluster.name}"
    scope = _scope(f"{cluster.name}.cluster", text, parts)
    return scope._replace(spaces=tuple(sorted({own, *scope.spaces})), account=(own,))


def of_root(fleet: Fleet, cluster: Resource[Cluster], home: Resource[Cluster]) -> Scope:
    """The AppProject of the root Application: Applications and AppProjects."""
    own, group = (fleet.platform.argocd.namespace,), "argoproj.io"
    text = f"applications of {cluster.name}"
    brought = [(group, "AppProject"), (group, "Application")]
    return Scope(f"{cluster.name}.root", text, home, own, own, brought, [])


def _scope(name: str, description: str, parts: list[Component]) -> Scope:
    files = [file for part in parts for file in part.files]
    spaces = tuple(sorted({space for part in parts for space in part.namespaces}))
    within = kinds(file for file in files if namespaced(file))
    beyond = kinds(file for file in files if not namespaced(file))
    return Scope(name, description, parts[0].cluster, spaces, spaces, within, beyond)


def emit(
    fleet: Fleet,
    cluster: Resource[Cluster],
    scope: Scope,
    account: str = SYNC,
    project: Resource[Project] | None = None,
) -> File:
    """The AppProject of a scope; roles of people and sync windows apply only to a project's."""
    spec: Object = {
        "description": scope.description,
        "sourceRepos": [fleet.platform.repository.url],
        "destinations": [{"name": scope.destination.name, "namespace": s} for s in scope.spaces],
        "destinationServiceAccounts": [
            {
                "server": scope.destination.spec.server,
                "namespace": space,
                "defaultServiceAccount": account,
            }
            for space in scope.account
        ],
        "clusterResourceWhitelist": _listed(scope.beyond),
        "namespaceResourceWhitelist": _listed(scope.within),
    }
    origins = [Origin("", fleet.platform_resource, ("argocd",))]
    if project is not None:
        spec["orphanedResources"] = {"warn": True}
        spec |= {"roles": roles} if (roles := [*_roles(scope.name, project)]) else {}
        spec |= {"syncWindows": windows} if (windows := _windows(cluster)) else {}
        origins = [Origin("", project), Origin("spec.roles", project, ("people",))]
        origins.append(Origin("spec.syncWindows", cluster, ("syncWindows",)))
    meta = {"name": scope.name, "namespace": fleet.platform.argocd.namespace}
    own = {
        **meta,
        "labels": LABELS,
        "annotations": {"argocd.argoproj.io/sync-wave": "-30"},
        "finalizers": ["resources-finalizer.argocd.argoproj.io"],  # its Applications go first
    }
    where = f"clusters/{cluster.name}/argocd/projects"
    return file(where, cluster, custom("argoproj.io/v1alpha1", "AppProject", own, spec), *origins)


def _listed(some: Iterable[Kind]) -> list[Object]:
    return [{"group": group, "kind": kind} for group, kind in some]


def _roles(name: str, project: Resource[Project]) -> Iterator[Object]:
    """The groups of people, and their policies (Argo CD, RBAC Configuration)."""
    groups: dict[str, list[str]] = {}
    for people in project.spec.people:
        groups.setdefault(people.role, []).append(people.group)
    for role, members in sorted(groups.items()):
        subject = f"proj:{name}:{role}"
        policies = [
            f"p, {subject}, {what}, {action}, {name}/*, allow" for what, action in _ACTIONS[role]
        ]
        yield {"name": role, "policies": policies, "groups": sorted(members)}


def _windows(cluster: Resource[Cluster]) -> list[Object]:
    return [{**window.model_dump(), "applications": ["*"]} for window in cluster.spec.syncWindows]
