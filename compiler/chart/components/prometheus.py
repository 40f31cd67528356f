"""Prometheus 3: takes what the collector sends, asks the others how they are, and raises alerts.

It knows whom to ask by name, through DNS, and needs no right on the Kubernetes API. Rules lie in a
ConfigMap of their own: every file in it is read.
"""

from __future__ import annotations

from cdk8s import Chart

from compiler.chart.construct import pods, workloads
from compiler.chart.facts.monitoring import Prometheus
from compiler.emit.format.json import Object
from compiler.emit.format.kubernetes.containers import http, of_config
from compiler.emit.format.yaml import dump

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
    """Whom it asks, where alerts go; what arrives late through the collector is taken too."""
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
