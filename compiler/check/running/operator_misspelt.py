"""For an operator with a misspelt name nothing is emitted, and the control it should enforce is
missing.
"""

from __future__ import annotations

from collections.abc import Iterator

from compiler.derive import Fleet
from compiler.derive.images import KYVERNO, SIGSTORE
from compiler.diagnostic import Diagnostic, Rule, Severity, nearest
from compiler.gateways import LAYERS
from compiler.model import Cluster

RULE = Rule("operator-misspelt", Severity.WARNING, "a cluster lists an operator by a misspelt name")
OPERATORS = (
    *LAYERS,
    "argo-cd",
    "cert-manager",
    "external-secrets",
    "istio-ambient",
    KYVERNO,
    SIGSTORE,
)


def check(fleet: Fleet) -> Iterator[Diagnostic]:
    """Every name that is close to one for which something is emitted."""
    for cluster in fleet.graph.all(Cluster):
        for index, name in enumerate(cluster.spec.installed):
            near = nearest(name, OPERATORS) if name not in OPERATORS else []
            if near and near[0] not in cluster.spec.installed:
                yield RULE.at(
                    cluster.at("installed", index),
                    f"cluster `{cluster.name}` lists `{name}`, for which nothing is emitted",
                    help=f"did you mean `{near[0]}`?",
                )
