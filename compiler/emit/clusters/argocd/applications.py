"""Applications: one for each component, and a root for each cluster that applies the others.

They name their cluster, not its URL; nothing generates them at run time, so that only a
commit can delete them. Options that matter (Argo CD 3.5, Sync Options): the server applies and
compares, objects of others are refused, what leaves git is pruned last.
"""

from __future__ import annotations

from compiler.derive import Fleet
from compiler.emit.clusters.argocd.components import LABELS, Component
from compiler.emit.format.json import Object
from compiler.emit.format.kubernetes.objects import custom, file
from compiler.file import File, Origin
from compiler.graph import Resource
from compiler.model import Cluster

_DOMAIN = "argocd.argoproj.io"
_OPTIONS = ["ServerSideApply=true", "FailOnSharedResource=true"]
_RETRY = {
    "limit": 10,
    "refresh": True,  # a retry takes the newest commit, and not the one that failed
    "backoff": {"duration": "5s", "factor": 2, "maxDuration": "3m"},
}
_WAVES = {"cluster": "-20", "platform": "-10"}
"""When Applications come, by the scope of their AppProject; those of projects come at 0."""


def of_component(fleet: Fleet, part: Component, scope: str) -> File:
    """The Application of a component, in an AppProject `<cluster>.<scope>`."""
    space = fleet.platform.argocd.namespace if part.wide else part.namespaces[0]
    target = {"name": part.cluster.name, "namespace": space}
    project = f"{part.cluster.name}.{scope}"
    nested = any(file.path.count("/") > part.folder.count("/") + 1 for file in part.files)
    source = _source(fleet, part.folder, nested=nested)
    own = _meta(fleet, part.application, _WAVES.get(scope, "0"))
    object = _application(own, project, source, target, [*_OPTIONS, "PruneLast=true"])
    where = f"clusters/{part.cluster.name}/argocd/applications"
    return file(where, part.cluster, object, *part.origins)


def of_root(fleet: Fleet, cluster: Resource[Cluster], home: Resource[Cluster]) -> File:
    """The Application that applies all others of a cluster, and itself."""
    where = f"clusters/{cluster.name}/argocd"
    target = {"name": home.name, "namespace": fleet.platform.argocd.namespace}
    own = _meta(fleet, f"{cluster.name}.root", "0")
    source = _source(fleet, where, nested=True)
    # without PruneLast, which would take an AppProject away together with its Applications
    object = _application(own, f"{cluster.name}.root", source, target, _OPTIONS)
    origin = Origin("", fleet.platform_resource, ("argocd",))
    return file(where, cluster, object, origin, Origin("spec.destination", cluster))


def _meta(fleet: Fleet, name: str, wave: str) -> Object:
    return {
        "name": name,
        "namespace": fleet.platform.argocd.namespace,
        "labels": LABELS,
        "annotations": {
            f"{_DOMAIN}/compare-options": "ServerSideDiff=true",
            f"{_DOMAIN}/manifest-generate-paths": ".",
            f"{_DOMAIN}/sync-wave": wave,
        },
        "finalizers": [f"resources-finalizer.{_DOMAIN}/foreground"],
    }


def _source(fleet: Fleet, folder: str, *, nested: bool) -> Object:
    """Where an Application reads. Argo CD silently drops an empty `directory`: a drift."""
    repository = fleet.platform.repository
    return {
        "repoURL": repository.url,
        "targetRevision": repository.branch,
        "path": f"generated/{folder}",
        **({"directory": {"recurse": True}} if nested else {}),
    }


def _application(
    own: Object, project: str, source: Object, target: Object, options: list[str]
) -> Object:
    automated = {"prune": True, "selfHeal": True, "allowEmpty": False}
    spec = {
        "project": project,
        "source": source,
        "destination": target,
        "syncPolicy": {"automated": automated, "syncOptions": options, "retry": _RETRY},
    }
    return custom("argoproj.io/v1alpha1", "Application", own, spec)
