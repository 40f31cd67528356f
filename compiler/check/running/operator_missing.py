"""A cluster rejects objects of a kind that no operator has installed."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.derive import Fleet
from compiler.derive.fleet import AgentDeployment, ServerDeployment
from compiler.diagnostic import Diagnostic, Label, Rule, Severity
from compiler.model import Cluster

RULE = Rule(
    "operator-missing", Severity.ERROR, "a cluster lacks the operator for what is deployed there"
)


def check(fleet: Fleet) -> Iterator[Diagnostic]:
    """Every place where a cluster lacks the operator for what is deployed there."""
    for cluster in fleet.graph.all(Cluster):
        workloads: list[ServerDeployment | AgentDeployment] = [*fleet.servers, *fleet.agents]
        runs = any(workload.cluster is cluster for workload in workloads)
        runs = runs or bool(fleet.parts[cluster.name])
        if runs and "external-secrets" not in cluster.spec.installed:
            span = cluster.key_at("installed")
            message = f"cluster `{cluster.name}` gets ExternalSecrets, but has no operator for them"
            yield RULE.at(span, message, help="install it and add `external-secrets`")
        home = cluster.spec.argocd
        if home and "argo-cd" not in fleet.graph.get(Cluster, home).spec.installed:
            message = f"cluster `{home}` should sync `{cluster.name}`, but has no Argo CD"
            help = f"add `argo-cd` to what is installed in `{home}`, or name another cluster"
            yield RULE.at(cluster.at("argocd"), message, help=help)
        mesh = fleet.platform.mesh
        missed = mesh != "none" and mesh not in cluster.spec.installed
        if missed and cluster.spec.environment == "prod":
            yield RULE.at(
                cluster.key_at("installed"),
                f"the production cluster `{cluster.name}` does not have the mesh",
                help=f"install it and add `{mesh}`",
                related=[Label(fleet.platform_resource.at("mesh"), "the platform's mesh")],
            )
