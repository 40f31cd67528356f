"""Argo CD: delivers the objects of each cluster, from the files of all emitters.

An administrator applies `bootstrap/`, the root AppProject and the root Application once; everything
else follows from git. The namespaces, and all rights in them, have one owner of their own.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from compiler.derive import Fleet
from compiler.emit.clusters.argocd import access, applications, projects
from compiler.emit.clusters.argocd.components import Component, components
from compiler.emit.format.kubernetes.labels import PART_OF
from compiler.emit.format.kubernetes.objects import file
from compiler.file import File, Origin
from compiler.graph import Resource
from compiler.model import Cluster

_ROOT = "argocd-sync-root"
_HEALTH = """\
health = {status = "Progressing", message = ""}
if obj.status ~= nil and obj.status.health ~= nil then
  health.status = obj.status.health.status or health.status
  health.message = obj.status.health.message or ""
end
return health
"""
_SETTINGS = {
    "application.sync.impersonation.enabled": "true",
    "application.sync.impersonation.enforced": "true",
    "resource.customizations.health.argoproj.io_Application": _HEALTH,
}
"""Syncs have the rights of accounts, and the root waits for its Applications: Argo CD has not
assessed their health by itself since 1.8 (Argo CD, Resource Health)."""


def deliver(fleet: Fleet, files: Iterable[File]) -> Iterator[File]:
    """Applications, AppProjects and rights of syncs, for all objects below clusters/."""
    objects = [file for file in files if file.object is not None]
    for cluster in fleet.graph.all(Cluster):
        home = fleet.graph.get(Cluster, cluster.spec.argocd or cluster.name)
        if "argo-cd" in home.spec.installed:
            folder = f"clusters/{cluster.name}/"
            some = [file for file in objects if file.path.startswith(folder)]
            yield from _cluster(fleet, cluster, home, some)


def _cluster(
    fleet: Fleet, cluster: Resource[Cluster], home: Resource[Cluster], files: list[File]
) -> Iterator[File]:
    narrow = [part for part in components(fleet, files) if not part.wide]
    spaces = [
        file for file in files if file.path.startswith(f"clusters/{cluster.name}/namespaces/")
    ]
    accounts = list(access.in_namespaces(cluster, spaces, narrow))
    yield from accounts
    wide = [part for part in components(fleet, [*files, *accounts]) if part.wide]
    assert all(part.project is None for part in wide), "a project's component has one namespace"
    yield from access.in_cluster(fleet, cluster)
    yield from access.of_root(fleet, cluster, _ROOT)
    yield _settings(fleet, cluster)

    yield applications.of_root(fleet, cluster, home)
    yield projects.emit(fleet, cluster, projects.of_root(fleet, cluster, home), _ROOT)
    scope = projects.of_cluster(fleet, cluster, wide)
    yield projects.emit(fleet, cluster, scope)
    for part in wide:
        yield applications.of_component(fleet, part, "cluster")
    yield from _scopes(fleet, cluster, narrow)


def _scopes(fleet: Fleet, cluster: Resource[Cluster], parts: list[Component]) -> Iterator[File]:
    """The platform's own components, and those of each project."""
    owners: dict[str, list[Component]] = {}
    for part in parts:
        owners.setdefault(part.project.name if part.project else "platform", []).append(part)
    for name, some in owners.items():
        project = some[0].project
        if project is None:
            yield projects.emit(fleet, cluster, projects.of_platform(fleet, cluster, some))
        else:
            scope = projects.of_project(fleet, project, some)
            yield projects.emit(fleet, cluster, scope, project=project)
        for part in some:
            yield applications.of_component(fleet, part, name)


def _settings(fleet: Fleet, cluster: Resource[Cluster]) -> File:
    """The settings of Argo CD that this relies on; they are merged into the existing ones."""
    object = {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {
            "name": "argocd-cm",
            "namespace": fleet.platform.argocd.namespace,
            "labels": {PART_OF: "argocd"},
        },
        "data": _SETTINGS,
    }
    where = f"clusters/{cluster.name}/bootstrap/argocd"
    return file(where, cluster, object, Origin("", fleet.platform_resource, ("argocd",)))
