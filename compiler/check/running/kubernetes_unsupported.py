"""Manifests can only be validated against versions of Kubernetes whose schemas are known."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.derive import Fleet
from compiler.diagnostic import Diagnostic, Rule, Severity
from compiler.model import Cluster
from compiler.model.cluster import VERSIONS

RULE = Rule(
    "kubernetes-unsupported",
    Severity.ERROR,
    "a cluster runs an unsupported version of Kubernetes",
)


def check(fleet: Fleet) -> Iterator[Diagnostic]:
    """Every such cluster."""
    for cluster in fleet.graph.all(Cluster):
        if cluster.spec.kubernetes not in VERSIONS:
            yield RULE.at(
                cluster.at("kubernetes"),
                f"there are no schemas for Kubernetes {cluster.spec.kubernetes}",
                help=f"use one of {VERSIONS[0]} to {VERSIONS[-1]}",
            )
