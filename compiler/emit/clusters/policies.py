"""Admission policies: those of the specs, in every cluster."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.derive import Fleet
from compiler.emit.format.kubernetes.objects import file
from compiler.file import File, Origin
from compiler.graph import Resource
from compiler.model import AdmissionPolicy, AdmissionPolicyBinding, Cluster, Spec
from compiler.parse import bare

FOLDERS: tuple[str, ...] = ("clusters",)


def emit(fleet: Fleet) -> Iterator[File]:
    """Every policy and binding, as it was written."""
    graph = fleet.graph
    resources: tuple[Resource[Spec], ...] = (
        *graph.all(AdmissionPolicy),
        *graph.all(AdmissionPolicyBinding),
    )
    for cluster in graph.all(Cluster):
        where = f"clusters/{cluster.name}/platform/cluster-policies"
        for resource in resources:
            object = bare(resource.document.data)
            yield file(where, cluster, object, Origin("", resource), Origin("spec", resource))
