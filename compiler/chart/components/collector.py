"""The OpenTelemetry collector: what agents send, on to Prometheus, Loki and the audit store.

Traces are not kept: their calls, errors and durations become metrics.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from compiler.chart.components import audit
from compiler.chart.components.audit import AuditStore
from compiler.chart.construct import pods, workloads
from compiler.chart.facts import Site, connections, peer, team
from compiler.chart.facts.monitoring import OWN, Monitor, monitor
from compiler.emit.format.json import Object
from compiler.emit.format.kubernetes.containers import http, of_config, of_secret
from compiler.emit.format.yaml import dump

if TYPE_CHECKING:
    from cdk8s import Chart

_USER = 10001
_HEALTH = 13133


class Collector(Monitor):
    """And the port of its own metrics, and the store for events that must not change."""

    own: int
    audit: AuditStore | None


def gather(site: Site) -> Collector:
    """Agents and services send to it; Prometheus scrapes it."""
    senders = team(site)
    parts = site.parts
    senders += [peer(parts[key]) for key in ("registry", "workflowEngine") if key in parts]
    port = site.fleet.platform.collector.port
    base = monitor(site, port)
    watchers = [peer(parts["prometheus"])] if "prometheus" in parts else []
    ingress = connections(senders, port) + connections(watchers, OWN)
    store = audit.gather(site)
    internet = [443] if store else []
    return {**base, "ingress": ingress, "internet": internet, "own": OWN, "audit": store}


def build(chart: Chart, facts: Collector) -> None:
    """Its configuration, its pods, and two addresses: one for senders, one for each pod."""
    files = {"collector.yaml": dump(configuration(facts))}
    workloads.account(chart, facts)
    workloads.config(chart, facts, files)
    ports = {"otlp": facts["port"], "metrics": facts["own"]}
    workloads.service(chart, facts, {"otlp": facts["port"]})
    pods_name = f"{facts['name']}-pods"
    workloads.service(chart, facts, {"metrics": facts["own"]}, name=pods_name, headless=True)
    kept = facts["audit"]
    main = pods.container(
        facts,
        args=("--config=/etc/collector/collector.yaml",),
        env={"AWS_SHARED_CREDENTIALS_FILE": f"{audit.CREDENTIALS}/credentials"} if kept else {},
        ports=ports,
        mounts={
            "config": "/etc/collector",
            **({"secrets": audit.CREDENTIALS, "data": audit.QUEUE} if kept else {}),
        },
        probes=pods.probes(http("/", _HEALTH)),
    )
    volumes = [of_config("config", facts["name"])]
    if kept is None:
        template = pods.pod(facts, [main], volumes, user=_USER, files=files)
        workloads.deployment(chart, facts, template)
    else:
        keys = {"id": (kept["id"][0], kept["id"][1]), "key": (kept["key"][0], kept["key"][1])}
        workloads.secret(chart, facts, keys, audit.TEMPLATE)
        volumes.append(of_secret("secrets", facts["name"]))
        template = pods.pod(facts, [main], volumes, user=_USER, files=files)
        workloads.stateful_set(chart, facts, template, service=pods_name)
    workloads.network_policy(chart, facts)


def configuration(facts: Collector) -> Object:
    """Full memory refuses work before it kills the process; batches are sent, not single points."""
    others = facts["others"]
    exporters: Object = {"nop": {}}
    if "prometheus" in others:
        endpoint = f"http://{others['prometheus']}/api/v1/otlp"
        exporters["otlphttp/prometheus"] = {"endpoint": endpoint}
    if "loki" in others:
        exporters["otlphttp/loki"] = {"endpoint": f"http://{others['loki']}/otlp"}
    metrics = "otlphttp/prometheus" if "prometheus" in others else "nop"
    logs = "otlphttp/loki" if "loki" in others else "nop"
    own = {"pull": {"exporter": {"prometheus": {"host": "0.0.0.0", "port": facts["own"]}}}}  # noqa: S104 - a pod listens on its own address
    settings: Object = {
        "receivers": {"otlp": {"protocols": {"grpc": {"endpoint": f"0.0.0.0:{facts['port']}"}}}},
        "processors": {
            "memory_limiter": {
                "check_interval": "1s",
                "limit_percentage": 80,
                "spike_limit_percentage": 20,
            },
            "batch": {},
        },
        "connectors": {"spanmetrics": {}},
        "exporters": {name: exporters[name] for name in sorted({metrics, logs})},
        "extensions": {"health_check": {"endpoint": f"0.0.0.0:{_HEALTH}"}},
        "service": {
            "extensions": ["health_check"],
            "telemetry": {"metrics": {"readers": [own]}},
            "pipelines": {
                "traces": _pipeline("otlp", to="spanmetrics"),
                "metrics": _pipeline("otlp", "spanmetrics", to=metrics),
                "logs": _pipeline("otlp", to=logs),
            },
        },
    }
    return audit.extend(settings, facts["audit"]) if facts["audit"] else settings


def _pipeline(*sources: str, to: str) -> Object:
    steps = ["memory_limiter", "batch"]
    return {"receivers": list(sources), "processors": steps, "exporters": [to]}
