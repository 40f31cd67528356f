"""A service of the platform's own: the agent registry, or the workflow engine."""

from __future__ import annotations

from cdk8s import Chart

from compiler.chart.construct import pods, workloads
from compiler.chart.facts.services import Service
from compiler.emit.format.kubernetes.containers import empty, http

_USER = 65532


def build(chart: Chart, facts: Service) -> None:
    """Its settings and secrets, its pods and its address."""
    port = facts["port"]
    workloads.account(chart, facts)
    workloads.secret(chart, facts, {key: (path, "value") for key, path in facts["values"].items()})
    workloads.service(chart, facts, {"http": port})
    main = pods.container(
        facts,
        env=facts["env"],
        secret_env=list(facts["values"]),
        ports={"http": port},
        mounts={"tmp": "/tmp"},  # noqa: S108 - a path in the container
        probes=pods.probes(http("/healthz", port), http("/readyz", port)),
    )
    template = pods.pod(facts, [main], [empty("tmp", "64Mi")], user=_USER)
    workloads.deployment(chart, facts, template)
    workloads.network_policy(chart, facts)
