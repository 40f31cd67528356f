"""Grafana: shows what the others know. It keeps nothing: all of it is provisioned from git."""

from __future__ import annotations

from cdk8s import Chart

from compiler.chart.construct import pods, secrets, walls, workloads
from compiler.chart.facts.monitoring import Monitor
from compiler.emit.format.json import Object
from compiler.emit.format.yaml import dump

_USER = 472


def build(chart: Chart, given: Monitor) -> None:
    """Its datasources and the administrator's password, its pod and its address."""
    name, port = given["name"], given["port"]
    files = {"datasources.yaml": dump(datasources(given))}
    workloads.account(chart, given)
    workloads.config(chart, given, files)
    secrets.fetch(chart, given, {"password": (f"platform/{name}/admin", "value")})
    workloads.service(chart, given, {"http": port})
    main = pods.container(
        "main",
        given["image"],
        given["resources"],
        env={
            "GF_ANALYTICS_CHECK_FOR_UPDATES": "false",
            "GF_ANALYTICS_REPORTING_ENABLED": "false",
            "GF_LOG_MODE": "console",
            "GF_PLUGINS_PREINSTALL_DISABLED": "true",
            "GF_SECURITY_ADMIN_PASSWORD__FILE": "/etc/grafana/secrets/password",
        },
        ports={"http": port},
        mounts={
            "data": "/var/lib/grafana",
            "password": "/etc/grafana/secrets",
            "sources": "/etc/grafana/provisioning/datasources",
            "tmp": "/tmp",  # noqa: S108 - a path in the container
        },
        probes=pods.probes(pods.http("/api/health", port), startup=60),
    )
    volumes = [
        pods.empty("data", "256Mi"),
        pods.of_secret("password", name),
        pods.of_config("sources", name),
        pods.empty("tmp", "64Mi"),
    ]
    workloads.deployment(chart, given, pods.pod(given, [main], volumes, user=_USER, files=files))
    walls.build(chart, given)


def datasources(given: Monitor) -> Object:
    """Those that it talks to; nobody edits them by hand."""
    found = [
        {
            "name": key.capitalize(),
            "uid": key,
            "type": key,
            "access": "proxy",
            "url": f"http://{host}",
            "isDefault": key == "prometheus",
            "editable": False,
            **({"jsonData": {"implementation": "prometheus"}} if key == "alertmanager" else {}),
        }
        for key, host in given["others"].items()
    ]
    return {"apiVersion": 1, "datasources": found}
