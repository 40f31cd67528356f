"""Clusters of one estate differ in sizes, replicas, hosts and mesh; nothing else forks."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests import shipped

ROOT = Path(__file__).parents[1]
SIZES = {
    "ConfigMap": ("data",),  # settings hold names of clusters, and sizes
    "CronJob": ("spec.suspend",),
    "Deployment": (
        "spec.replicas",
        "spec.template.metadata.annotations.agents.example.com/config",
        "spec.template.spec.containers.*.resources",
    ),
    "HorizontalPodAutoscaler": ("spec.minReplicas", "spec.maxReplicas"),
    "StatefulSet": (
        "spec.replicas",
        "spec.template.metadata.annotations.agents.example.com/config",
        "spec.template.spec.containers.*.args",
        "spec.template.spec.containers.*.resources",
        "spec.volumeClaimTemplates.*.spec.resources.requests.storage",
    ),
}
HOSTS = {
    "AppProject": ("metadata.name", "spec"),
    "Application": (
        "metadata.name",
        "spec.destination.name",
        "spec.project",
        "spec.source.path",
    ),
    "NetworkPolicy": ("spec.egress.*.to.*.ipBlock.cidr",),  # of the API server
    "Role": ("rules",),  # of the kinds that there are
    "ClusterRole": ("rules",),
}
MESH = {
    "Deployment": (  # tokens for gateways
        "spec.template.spec.containers.*.env",
        "spec.template.spec.containers.*.volumeMounts",
        "spec.template.spec.volumes",
    ),
    "Namespace": ("metadata.labels.istio.io/dataplane-mode",),
    "NetworkPolicy": ("spec.egress", "spec.ingress"),
    "Service": ("metadata.labels.istio.io/use-waypoint",),
}
ABSENT = {
    "staging": {"PodDisruptionBudget"},  # where there is one replica
    "dev": {
        "AgentgatewayBackend",
        "AgentgatewayPolicy",
        "Application",
        "AuthorizationPolicy",
        "ConfigMap",
        "Gateway",
        "HTTPRoute",
        "ImageValidatingPolicy",
        "NetworkPolicy",
        "PeerAuthentication",
        "PodDisruptionBudget",
    },
}


@pytest.fixture(scope="module")
def clusters() -> dict[str, dict[str, Any]]:
    """The objects of each cluster of the repository's estate, by path without its name."""
    by_cluster: dict[str, dict[str, Any]] = defaultdict(dict)
    for file in shipped.files():
        if file.object is not None:
            _, cluster, rest = file.path.split("/", 2)
            by_cluster[cluster][rest.replace(f"-{cluster}.", "-")] = file.object
    assert set(by_cluster) == {"dev", "staging", "prod"}
    return by_cluster


def differences(first: Any, second: Any, route: str = "") -> Iterator[str]:
    """The fields in which two objects differ."""
    if isinstance(first, dict) and isinstance(second, dict):
        for key in first.keys() | second.keys():
            yield from differences(first.get(key), second.get(key), f"{route}.{key}".strip("."))
    elif isinstance(first, list) and isinstance(second, list) and len(first) == len(second):
        for mine, yours in zip(first, second, strict=True):
            yield from differences(mine, yours, f"{route}.*")
    elif first != second:
        yield route


@pytest.mark.parametrize("cluster", ["staging", "dev"])
def test_nothing_forks_but_sizes_hosts_and_mesh(
    clusters: dict[str, dict[str, Any]], cluster: str
) -> None:
    smaller, prod = clusters[cluster], clusters["prod"]
    tables = [SIZES, HOSTS, *([MESH] if cluster == "dev" else [])]
    forked = {
        f"{object['kind']} {path}: {field}"
        for path, object in smaller.items()
        for field in (differences(object, prod[path]) if path in prod else ())
        if not any(
            field == allowed or field.startswith(f"{allowed}.")
            for table in tables
            for allowed in table.get(object["kind"], ())
        )
    }
    assert not forked
    alone = {(smaller.get(path) or prod[path])["kind"] for path in smaller.keys() ^ prod.keys()}
    assert alone <= ABSENT[cluster]
