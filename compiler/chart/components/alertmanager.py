"""Alertmanager: tells people of alerts, through a webhook whose address is a secret."""

from __future__ import annotations

from cdk8s import Chart

from compiler.chart.construct import pods, secrets, walls, workloads
from compiler.chart.facts.monitoring import Alertmanager
from compiler.emit.format.json import Object
from compiler.emit.format.yaml import dump

_USER = 65534
_SECRETS = "/etc/alertmanager/secrets"


def build(chart: Chart, given: Alertmanager) -> None:
    """Its configuration and secret, its pod with a volume, and its address."""
    name, port, slack = given["name"], given["port"], given["slack"]
    files = {"alertmanager.yml": dump(configuration(given))}
    workloads.account(chart, given)
    workloads.config(chart, given, files)
    if slack:
        secrets.fetch(chart, given, {"slack": (slack["key"], slack["property"])})
    workloads.service(chart, given, {"http": port})
    main = pods.container(
        "main",
        given["image"],
        given["resources"],
        args=(
            "--config.file=/etc/alertmanager/config/alertmanager.yml",
            "--storage.path=/alertmanager",
            "--cluster.listen-address=",  # there is one of it
        ),
        ports={"http": port},
        mounts={
            "config": "/etc/alertmanager/config",
            "data": "/alertmanager",
            **({"secrets": _SECRETS} if slack else {}),
        },
        probes=pods.probes(pods.http("/-/healthy", port), pods.http("/-/ready", port)),
    )
    volumes = [pods.of_config("config", name)]
    volumes += [pods.of_secret("secrets", name)] if slack else []
    template = pods.pod(given, [main], volumes, user=_USER, files=files)
    workloads.stateful_set(chart, given, template, service=name)
    walls.build(chart, given)


def configuration(given: Alertmanager) -> Object:
    """One receiver for all; alerts of one kind come together."""
    slack = given["slack"]
    channel = {
        "api_url_file": f"{_SECRETS}/slack",
        "channel": slack.get("channel", ""),
        "send_resolved": True,
    }
    receiver: Object = {"name": "people", **({"slack_configs": [channel]} if slack else {})}
    return {
        "route": {
            "receiver": "people",
            "group_by": ["alertname", "cluster"],
            "group_wait": "30s",
            "group_interval": "5m",
            "repeat_interval": "4h",
        },
        "receivers": [receiver],
    }
