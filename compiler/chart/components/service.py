"""A service of the platform's own: the agent registry, or the workflow engine."""

from __future__ import annotations

from cdk8s import Chart

from compiler.chart.construct import pods, secrets, walls, workloads
from compiler.chart.facts.services import Service

_USER = 65532


def build(chart: Chart, given: Service) -> None:
    """Its settings and secrets, its pods and its address."""
    name, port = given["name"], given["port"]
    workloads.account(chart, given)
    secrets.fetch(chart, given, {key: (path, "value") for key, path in given["values"].items()})
    workloads.service(chart, given, {"http": port})
    main = pods.container(
        "main",
        given["image"],
        given["resources"],
        env={**given["env"], **{key: (name, key) for key in given["values"]}},
        ports={"http": port},
        mounts={"tmp": "/tmp"},  # noqa: S108 - a path in the container
        probes=pods.probes(pods.http("/healthz", port), pods.http("/readyz", port)),
    )
    template = pods.pod(given, [main], [pods.empty("tmp", "64Mi")], user=_USER)
    workloads.deployment(chart, given, template)
    walls.build(chart, given)
