"""Prometheus 3: receives what the collector sends, scrapes the others, and raises alerts.

It finds its targets by DNS, and needs no right on the Kubernetes API. Its rules have a ConfigMap of
their own: it reads every file there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypedDict

from compiler.chart.construct import pods, workloads
from compiler.chart.facts import Site, connections, peer
from compiler.chart.facts.monitoring import CONNECTS, OWN, PORTS, Monitor, monitor
from compiler.derive.components import Part
from compiler.derive.quantity import in_bytes, seconds
from compiler.emit.format.json import Object
from compiler.emit.format.kubernetes.containers import http, of_config
from compiler.emit.format.yaml import dump

if TYPE_CHECKING:
    from cdk8s import Chart

_USER = 65534
_RULES: Object = {
    "groups": [
        {
            "name": "monitoring",
            "rules": [
                {
                    "alert": "TargetDown",
                    "expr": "up == 0",
                    "for": "5m",
                    "labels": {"severity": "critical"},
                    "annotations": {
                        "summary": "{{ $labels.job }} does not answer",
                        "description": "{{ $labels.instance }} has not answered for 5 minutes.",
                    },
                },
                {
                    "alert": "AlertsDropped",
                    "expr": "increase(prometheus_notifications_dropped_total[10m]) > 0",
                    "labels": {"severity": "critical"},
                    "annotations": {"summary": "Alertmanager does not get what is sent to it"},
                },
                {
                    "alert": "RulesFail",
                    "expr": "increase(prometheus_rule_evaluation_failures_total[10m]) > 0",
                    "for": "10m",
                    "labels": {"severity": "warning"},
                    "annotations": {"summary": "{{ $labels.rule_group }} cannot be evaluated"},
                },
            ],
        }
    ]
}


class Scrape(TypedDict):
    """A job of Prometheus: a DNS name of one or more pods, and their port."""

    job: str
    host: str
    port: int


class Prometheus(Monitor):
    """And what it scrapes, and how many seconds and bytes it keeps."""

    cluster: str
    scrapes: list[Scrape]
    seconds: int
    most: int


def gather(site: Site) -> Prometheus:
    """It scrapes all that are deployed; the collector by pod, as each has metrics of its own."""
    parts, part, components = site.parts, site.part, site.fleet.platform.components
    base = monitor(site, PORTS["prometheus"])
    scrapes = [_scrape(part, part.name, PORTS["prometheus"])]
    others = [key for key in CONNECTS["prometheus"] if key in parts]
    scrapes += [_scrape(parts[key], parts[key].name, PORTS[key]) for key in others]
    egress = base["egress"]
    if (source := parts.get("collector")) is not None:
        scrapes.append(_scrape(source, f"{source.name}-pods", OWN))
        egress = [*egress, *connections([peer(source)], OWN)]
    kept = components and components.prometheus
    assert kept, "a part is a component of the platform"
    return {
        **base,
        "egress": egress,
        "cluster": site.cluster.name,
        "scrapes": sorted(scrapes, key=lambda scrape: scrape["job"]),
        "seconds": seconds(kept.retention),
        "most": in_bytes(part.size or kept.size) * 4 // 5,
    }


def _scrape(part: Part, host: str, port: int) -> Scrape:
    return {"job": part.name, "host": f"{host}.{part.namespace}.svc", "port": port}


def build(chart: Chart, facts: Prometheus) -> None:
    """Its configuration and rules, its pod with a volume, and its address."""
    name, rules = facts["name"], f"{facts['name']}-rules"
    files = {"prometheus.yml": dump(configuration(facts))}
    alerts = {"monitoring.yaml": dump(_RULES)}
    workloads.account(chart, facts)
    workloads.config(chart, facts, files)
    workloads.config(chart, facts, alerts, rules)
    workloads.service(chart, facts, {"http": facts["port"]})
    main = pods.container(
        facts,
        args=(
            "--config.file=/etc/prometheus/config/prometheus.yml",
            "--storage.tsdb.path=/prometheus",
            f"--storage.tsdb.retention.time={facts['seconds']}s",
            f"--storage.tsdb.retention.size={facts['most']}B",
            "--web.enable-otlp-receiver",
        ),
        ports={"http": facts["port"]},
        mounts={
            "config": "/etc/prometheus/config",
            "rules": "/etc/prometheus/rules",
            "data": "/prometheus",
        },
        probes=pods.probes(http("/-/healthy", facts["port"]), http("/-/ready", facts["port"]), 150),
    )
    volumes = [of_config("config", name), of_config("rules", rules)]
    template = pods.pod(facts, [main], volumes, user=_USER, files={**files, **alerts}, grace=300)
    workloads.stateful_set(chart, facts, template, service=name)
    workloads.network_policy(chart, facts)


def configuration(facts: Prometheus) -> Object:
    """What it scrapes and where alerts go; late samples from the collector are accepted."""
    alerts = facts["others"].get("alertmanager")
    managers = [{"static_configs": [{"targets": [alerts]}]}] if alerts else []
    return {
        "global": {
            "scrape_interval": "30s",
            "evaluation_interval": "30s",
            "external_labels": {"cluster": facts["cluster"]},
        },
        "rule_files": ["/etc/prometheus/rules/*.yaml"],
        **({"alerting": {"alertmanagers": managers}} if managers else {}),
        "scrape_configs": [
            {
                "job_name": scrape["job"],
                "dns_sd_configs": [
                    {"names": [scrape["host"]], "type": "A", "port": scrape["port"]}
                ],
            }
            for scrape in facts["scrapes"]
        ],
        "storage": {"tsdb": {"out_of_order_time_window": "10m"}},
    }
