"""Loki 3 as one process, with its index and chunks in a volume."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypedDict

from compiler.chart.construct import pods, workloads
from compiler.chart.facts import Site
from compiler.chart.facts.monitoring import PORTS, Monitor, logs, monitor
from compiler.derive.quantity import seconds
from compiler.derive.retention import DAY, named
from compiler.emit.format.json import Object
from compiler.emit.format.kubernetes.containers import empty, http, of_config
from compiler.emit.format.yaml import dump

if TYPE_CHECKING:
    from cdk8s import Chart

_USER = 10001


class Kept(TypedDict):
    """The log of an agent at work for a project, and for how many days it is kept."""

    project: str
    agent: str
    days: int


class Loki(Monitor):
    """And how many seconds logs are kept, and the logs that are kept longer."""

    seconds: int
    streams: list[Kept]


def gather(site: Site) -> Loki:
    """It receives logs and answers queries; it connects to nothing."""
    components = site.fleet.platform.components
    kept = components and components.loki
    assert kept, "a part is a component of the platform"
    base = monitor(site, PORTS["loki"])
    usual = seconds(kept.retention)
    longer: list[Kept] = [
        {"project": stream.project.name, "agent": stream.agent.name, "days": stream.days}
        for stream in logs(site)
        if stream.days * DAY > usual and named(site.fleet, stream)
    ]
    return {**base, "seconds": usual, "streams": longer}


def build(chart: Chart, facts: Loki) -> None:
    """Its configuration, its pod with a volume, and its address."""
    name, port = facts["name"], facts["port"]
    files = {"loki.yaml": dump(configuration(facts))}
    workloads.account(chart, facts)
    workloads.config(chart, facts, files)
    workloads.service(chart, facts, {"http": port})
    main = pods.container(
        facts,
        args=("-config.file=/etc/loki/config/loki.yaml",),
        ports={"http": port},
        mounts={"config": "/etc/loki/config", "data": "/loki", "tmp": "/tmp"},  # noqa: S108 - a path in the container
        probes=pods.probes(http("/ready", port), attempts=150),
    )
    volumes = [of_config("config", name), empty("tmp", "64Mi")]
    template = pods.pod(facts, [main], volumes, user=_USER, files=files, grace=300)
    workloads.stateful_set(chart, facts, template, service=name)
    workloads.network_policy(chart, facts)


def configuration(facts: Loki) -> Object:
    """Everything in one process and one volume; what is older than the retention is deleted.

    Loki makes labels of a log's OpenTelemetry resource, and these identify the agent.
    """
    schema = {
        "from": "2024-04-01",
        "store": "tsdb",
        "object_store": "filesystem",
        "schema": "v13",
        "index": {"prefix": "index_", "period": "24h"},
    }
    streams = [
        {
            "selector": f'{{service_namespace="{log["project"]}", service_name="{log["agent"]}"}}',
            "priority": 1,
            "period": f"{log['days']}d",
        }
        for log in facts["streams"]
    ]
    limits = {"retention_period": f"{facts['seconds']}s"}
    folders = {"chunks_directory": "/loki/chunks", "rules_directory": "/loki/rules"}
    return {
        "auth_enabled": False,
        "server": {"http_listen_port": facts["port"]},
        "common": {
            "instance_addr": "127.0.0.1",
            "path_prefix": "/loki",
            "replication_factor": 1,
            "ring": {"kvstore": {"store": "inmemory"}},
            "storage": {"filesystem": folders},
        },
        "schema_config": {"configs": [schema]},
        "limits_config": {**limits, **({"retention_stream": streams} if streams else {})},
        "compactor": {
            "working_directory": "/loki/compactor",
            "retention_enabled": True,
            "delete_request_store": "filesystem",
        },
        "analytics": {"reporting_enabled": False},
    }
