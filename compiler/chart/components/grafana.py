"""Grafana: shows metrics, logs and alerts. It keeps no data: all of it is provisioned from git."""

from __future__ import annotations

from typing import TYPE_CHECKING

from compiler.chart.construct import pods, workloads
from compiler.chart.facts import Site
from compiler.chart.facts.monitoring import PORTS, Monitor, monitor
from compiler.emit.format.json import Object
from compiler.emit.format.kubernetes.containers import empty, http, of_config, of_secret
from compiler.emit.format.yaml import dump

if TYPE_CHECKING:
    from cdk8s import Chart

_USER = 472


def gather(site: Site) -> Monitor:
    """It queries the other components of monitoring."""
    return monitor(site, PORTS["grafana"])


def build(chart: Chart, facts: Monitor) -> None:
    """Its datasources and the administrator's password, its pod and its address."""
    name, port = facts["name"], facts["port"]
    files = {"datasources.yaml": dump(datasources(facts))}
    workloads.account(chart, facts)
    workloads.config(chart, facts, files)
    workloads.secret(chart, facts, {"password": (f"platform/{name}/admin", "value")})
    workloads.service(chart, facts, {"http": port})
    main = pods.container(
        facts,
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
        probes=pods.probes(http("/api/health", port), attempts=60),
    )
    volumes = [
        empty("data", "256Mi"),
        of_secret("password", name),
        of_config("sources", name),
        empty("tmp", "64Mi"),
    ]
    workloads.deployment(chart, facts, pods.pod(facts, [main], volumes, user=_USER, files=files))
    workloads.network_policy(chart, facts)


def datasources(facts: Monitor) -> Object:
    """The components that it queries; they cannot be edited by hand."""
    sources = [
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
        for key, host in facts["others"].items()
    ]
    return {"apiVersion": 1, "datasources": sources}
