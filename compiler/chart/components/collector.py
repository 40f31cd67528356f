"""The OpenTelemetry collector: what agents send, on to Prometheus, Loki and the audit store.

Nobody keeps traces here: what they say of calls, errors and durations becomes metrics.
"""

from __future__ import annotations

from cdk8s import Chart

from compiler.chart.construct import audit, pods, secrets, walls, workloads
from compiler.chart.facts.monitoring import Collector
from compiler.emit.format.json import Object
from compiler.emit.format.yaml import dump

_USER = 10001
_HEALTH = 13133


def build(chart: Chart, given: Collector) -> None:
    """Its configuration, its pods, and two addresses: one for senders, one for each pod."""
    files = {"collector.yaml": dump(configuration(given))}
    workloads.account(chart, given)
    workloads.config(chart, given, files)
    ports = {"otlp": given["port"], "metrics": given["own"]}
    workloads.service(chart, given, {"otlp": given["port"]})
    pods_name = f"{given['name']}-pods"
    workloads.service(chart, given, {"metrics": given["own"]}, name=pods_name, headless=True)
    kept = given["audit"]
    main = pods.container(
        "main",
        given["image"],
        given["resources"],
        args=("--config=/etc/collector/collector.yaml",),
        env={"AWS_SHARED_CREDENTIALS_FILE": f"{audit.CREDENTIALS}/credentials"} if kept else {},
        ports=ports,
        mounts={
            "config": "/etc/collector",
            **({"secrets": audit.CREDENTIALS, "data": audit.QUEUE} if kept else {}),
        },
        probes=pods.probes(pods.http("/", _HEALTH)),
    )
    volumes = [pods.of_config("config", given["name"])]
    if kept is None:
        template = pods.pod(given, [main], volumes, user=_USER, files=files)
        workloads.deployment(chart, given, template)
    else:
        keys = {"id": (kept["id"][0], kept["id"][1]), "key": (kept["key"][0], kept["key"][1])}
        secrets.fetch(chart, given, keys, template=audit.TEMPLATE)
        volumes.append(pods.of_secret("secrets", given["name"]))
        template = pods.pod(given, [main], volumes, user=_USER, files=files)
        workloads.stateful_set(chart, given, template, service=pods_name)
    walls.build(chart, given)


def configuration(given: Collector) -> Object:
    """Full memory refuses work before it kills the process; batches are sent, not single points."""
    others = given["others"]
    exporters: Object = {"nop": {}}
    if "prometheus" in others:
        endpoint = f"http://{others['prometheus']}/api/v1/otlp"
        exporters["otlphttp/prometheus"] = {"endpoint": endpoint}
    if "loki" in others:
        exporters["otlphttp/loki"] = {"endpoint": f"http://{others['loki']}/otlp"}
    metrics = "otlphttp/prometheus" if "prometheus" in others else "nop"
    logs = "otlphttp/loki" if "loki" in others else "nop"
    own = {"pull": {"exporter": {"prometheus": {"host": "0.0.0.0", "port": given["own"]}}}}  # noqa: S104 - a pod listens on its own address
    settings: Object = {
        "receivers": {"otlp": {"protocols": {"grpc": {"endpoint": f"0.0.0.0:{given['port']}"}}}},
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
    return audit.extend(settings, given["audit"]) if given["audit"] else settings


def _pipeline(*sources: str, to: str) -> Object:
    steps = ["memory_limiter", "batch"]
    return {"receivers": list(sources), "processors": steps, "exporters": [to]}
