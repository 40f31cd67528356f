"""Alertmanager: sends alerts to people, through a webhook whose address is a secret."""

from __future__ import annotations

from typing import TYPE_CHECKING

from compiler.chart.construct import pods, workloads
from compiler.chart.facts import Site
from compiler.chart.facts.monitoring import PORTS, Monitor, monitor
from compiler.emit.format.json import Object
from compiler.emit.format.kubernetes.containers import http, of_config, of_secret
from compiler.emit.format.yaml import dump

if TYPE_CHECKING:
    from cdk8s import Chart

_USER = 65534
_SECRETS = "/etc/alertmanager/secrets"


class Alertmanager(Monitor):
    """And the channel for alerts, and the key of its webhook's address in the secret store."""

    slack: dict[str, str]


def gather(site: Site) -> Alertmanager:
    """It connects to the internet where alerts go to Slack."""
    components = site.fleet.platform.components
    alertmanager = components and components.alertmanager
    slack = alertmanager.slack if alertmanager else None
    base = monitor(site, PORTS["alertmanager"])
    if slack is None:
        return {**base, "slack": {}}
    webhook = slack.webhook
    channel = {"channel": slack.channel, "key": webhook.key, "property": webhook.property}
    return {**base, "internet": [443], "slack": channel}


def build(chart: Chart, facts: Alertmanager) -> None:
    """Its configuration and secret, its pod with a volume, and its address."""
    name, port, slack = facts["name"], facts["port"], facts["slack"]
    files = {"alertmanager.yml": dump(configuration(facts))}
    workloads.account(chart, facts)
    workloads.config(chart, facts, files)
    if slack:
        workloads.secret(chart, facts, {"slack": (slack["key"], slack["property"])})
    workloads.service(chart, facts, {"http": port})
    main = pods.container(
        facts,
        args=(
            "--config.file=/etc/alertmanager/config/alertmanager.yml",
            "--storage.path=/alertmanager",
            "--cluster.listen-address=",  # there is one replica
        ),
        ports={"http": port},
        mounts={
            "config": "/etc/alertmanager/config",
            "data": "/alertmanager",
            **({"secrets": _SECRETS} if slack else {}),
        },
        probes=pods.probes(http("/-/healthy", port), http("/-/ready", port)),
    )
    volumes = [of_config("config", name)]
    volumes += [of_secret("secrets", name)] if slack else []
    template = pods.pod(facts, [main], volumes, user=_USER, files=files)
    workloads.stateful_set(chart, facts, template, service=name)
    workloads.network_policy(chart, facts)


def configuration(facts: Alertmanager) -> Object:
    """One receiver for all; alerts of one kind are grouped."""
    slack = facts["slack"]
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
