"""Namespaces, which separate projects, with default-deny policies, quotas and limits."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from compiler.derive.capacity import DEFAULTS
from compiler.derive.fleet import Fleet
from compiler.derive.images import SIGSTORE
from compiler.derive.namespaces import of_platform, of_project
from compiler.derive.quantity import canonical, cpu, millicores
from compiler.emit.clusters.workloads import network
from compiler.emit.format.json import Object
from compiler.emit.format.kubernetes import labels
from compiler.emit.format.kubernetes.objects import file
from compiler.file import File, Origin
from compiler.graph import Resource
from compiler.model import Cluster, Project
from compiler.model.project import Quota


class _Space(NamedTuple):
    """A namespace: the project that it belongs to, and how much may run in it."""

    name: str
    project: str
    origin: Origin
    quota: Quota | None


def emit(fleet: Fleet, cluster: Resource[Cluster]) -> Iterator[File]:
    """The namespaces of the platform and of every project of the cluster."""
    proxies = (proxy for proxy in fleet.proxies if proxy.cluster is cluster)
    baseline = {p.namespace for p in proxies if p.gateway.pod_security == "baseline"}
    for space in _spaces(fleet, cluster):
        where = f"clusters/{cluster.name}/namespaces/{space.name}"
        enforced = "baseline" if space.name in baseline else "restricted"
        yield file(where, cluster, _object(fleet, cluster, space, enforced), space.origin)
        yield file(where, cluster, network.deny_all(space.name), space.origin)
        yield file(where, cluster, network.allow_dns(space.name), space.origin)
        yield file(where, cluster, _limits(space.name), space.origin)
        if space.quota is not None:
            source = space.origin._replace(field="spec", route=("quota",))
            yield file(where, cluster, _quota(space.name, space.quota), space.origin, source)


def _spaces(fleet: Fleet, cluster: Resource[Cluster]) -> Iterator[_Space]:
    platform = Origin("", fleet.platform_resource, ("namespaces",))
    for name in of_platform(fleet.platform):
        yield _Space(name, labels.PLATFORM, platform, None)
    for project in fleet.graph.all(Project):
        if cluster.name in project.spec.clusters:
            quota, origin = project.spec.quota, Origin("", project)
            names = of_project(fleet.platform, project.name)
            yield _Space(names.agents, project.name, origin, quota.agents)
            yield _Space(names.servers, project.name, origin, quota.servers)


def _profiles(cluster: Resource[Cluster], enforced: str) -> dict[str, str]:
    """Pod Security's profiles: `restricted` is met by our own pods in any case."""
    profiles = {}
    for mode in ("enforce", "audit", "warn"):
        label = f"pod-security.kubernetes.io/{mode}"
        profiles[label] = enforced if mode == "enforce" else "restricted"
        profiles[f"{label}-version"] = f"v{cluster.spec.kubernetes}"
    return profiles


def _object(fleet: Fleet, cluster: Resource[Cluster], space: _Space, enforced: str) -> Object:
    mesh = fleet.platform.mesh == "istio-ambient" and "istio-ambient" in cluster.spec.installed
    signed = fleet.platform.supplyChain and SIGSTORE in cluster.spec.installed
    return {
        "apiVersion": "v1",
        "kind": "Namespace",
        "metadata": {
            "name": space.name,
            "labels": {
                **labels.of_project(fleet, space.project),
                **_profiles(cluster, enforced),
                **({"istio.io/dataplane-mode": "ambient"} if mesh else {}),
                **({"policy.sigstore.dev/include": "true"} if signed else {}),
            },
        },
    }


def _limits(namespace: str) -> Object:
    """What a container takes that states no resources; ours always state them."""
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
