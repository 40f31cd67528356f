"""Namespaces: walls between projects, with default-deny, quotas and limits inside."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.derive.capacity import DEFAULTS
from compiler.derive.fleet import Fleet
from compiler.derive.quantity import canonical, cpu, millicores
from compiler.emit.file import File, Origin
from compiler.emit.kubernetes import network
from compiler.emit.objects import Object, file
from compiler.graph import Resource
from compiler.model import Cluster, Project
from compiler.model.project import Quota


def emit(fleet: Fleet, cluster: Resource[Cluster]) -> Iterator[File]:
    """The namespaces of the platform and of every project of the cluster."""
    names = fleet.platform.namespaces
    platform = Origin("", fleet.platform_resource, ("namespaces",))
    for name in sorted({names.servers, names.agents, names.infrastructure, names.workflows}):
        yield from _namespace(fleet, cluster, name, "platform", platform, None)
    for project in fleet.graph.all(Project):
        if cluster.name in project.spec.clusters:
            quota = project.spec.quota
            for space, most in ((names.agents, quota.agents), (names.servers, quota.servers)):
                origin = Origin("", project)
                yield from _namespace(
                    fleet, cluster, f"{project.name}-{space}", project.name, origin, most
                )


def _namespace(
    fleet: Fleet,
    cluster: Resource[Cluster],
    name: str,
    project: str,
    origin: Origin,
    quota: Quota | None,
) -> Iterator[File]:
    where = f"clusters/{cluster.name}/namespaces/{name}"
    yield file(where, cluster, _object(fleet, cluster, name, project), origin)
    yield file(where, cluster, network.deny_all(name), origin)
    yield file(where, cluster, network.allow_dns(name), origin)
    yield file(where, cluster, _limits(name), origin)
    if quota is not None:
        source = origin._replace(field="spec", route=("quota",))
        yield file(where, cluster, _quota(name, quota), origin, source)


def _object(fleet: Fleet, cluster: Resource[Cluster], name: str, project: str) -> Object:
    levels = ("enforce", "audit", "warn")
    security = {f"pod-security.kubernetes.io/{level}": "restricted" for level in levels}
    versions = {
        f"pod-security.kubernetes.io/{level}-version": f"v{cluster.spec.kubernetes}"
        for level in levels
    }
    mesh = fleet.platform.mesh == "istio-ambient" and "istio-ambient" in cluster.spec.installed
    return {
        "apiVersion": "v1",
        "kind": "Namespace",
        "metadata": {
            "name": name,
            "labels": {
                "app.kubernetes.io/part-of": project,
                "app.kubernetes.io/managed-by": "roster",
                f"{fleet.platform.labelDomain}/project": project,
                **security,
                **versions,
                **({"istio.io/dataplane-mode": "ambient"} if mesh else {}),
            },
            "annotations": {
                "argocd.argoproj.io/sync-options": "Prune=confirm,Delete=confirm",
            },
        },
    }


def _limits(namespace: str) -> Object:
    """What a container takes that says nothing; ours always say it."""
    return {
        "apiVersion": "v1",
        "kind": "LimitRange",
        "metadata": {"name": "defaults", "namespace": namespace},
        "spec": {
            "limits": [
                {
                    "type": "Container",
                    "default": DEFAULTS.limits.model_dump(),
                    "defaultRequest": DEFAULTS.requests.model_dump(),
                }
            ]
        },
    }


def _quota(namespace: str, most: Quota) -> Object:
    hard = {
        "requests.cpu": cpu(millicores(most.requests.cpu)),
        "requests.memory": canonical(most.requests.memory),
        "limits.cpu": cpu(millicores(most.limits.cpu)),
        "limits.memory": canonical(most.limits.memory),
        "pods": str(most.pods),
    }
    return {
        "apiVersion": "v1",
        "kind": "ResourceQuota",
        "metadata": {"name": "project", "namespace": namespace},
        "spec": {"hard": hard},
    }
