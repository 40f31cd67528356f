"""What is watched, kept, shown and told: who of the five talks to whom, and how long data lasts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypedDict

from compiler.chart.facts import Workload, connections, peer, team, workload
from compiler.derive.components import Part
from compiler.derive.fleet import Fleet
from compiler.derive.quantity import in_bytes, seconds
from compiler.derive.retention import (
    DAY,
    Stream,
    audited,
    bucket,
    bucket_days,
    in_store,
    named,
    streams,
)
from compiler.graph import Resource
from compiler.model import Cluster

PORTS = {"prometheus": 9090, "loki": 3100, "grafana": 3000, "alertmanager": 9093}
OWN = 8888
"""Where the collector says how it is itself."""
TALKS = {
    "collector": ("prometheus", "loki"),
    "prometheus": ("loki", "grafana", "alertmanager"),
    "loki": (),
    "grafana": ("prometheus", "loki", "alertmanager"),
    "alertmanager": (),
}
"""Which of them opens connections to which, each to its one port; what waits to be collected at
another is added where it is told."""


class Monitor(Workload):
    """What decides on the objects of one of them. `others`: where those are that it talks to."""

    port: int
    others: dict[str, str]


class Bucket(TypedDict):
    """A bucket of the audit store: whose events go there, each as `project/agent`, by event."""

    name: str
    days: int
    senders: dict[str, list[str]]


class AuditStore(TypedDict):
    """Where events go that nobody may change, and how the collector gets in.

    `agents`: everybody who is known, so that a stranger's events can be told from theirs.
    """

    cluster: str
    region: str
    endpoint: str
    id: tuple[str, str]
    key: tuple[str, str]
    queue: int
    events: list[str]
    agents: list[str]
    buckets: list[Bucket]


class Collector(Monitor):
    """And where the collector is asked about itself, and where it puts what must not change."""

    own: int
    audit: AuditStore | None


class Scrape(TypedDict):
    """A job of Prometheus: a name that stands for one or more pods, and their port."""

    job: str
    host: str
    port: int


class Prometheus(Monitor):
    """And what Prometheus asks, and keeps for how long."""

    cluster: str
    scrapes: list[Scrape]
    seconds: int
    most: int


class Kept(TypedDict):
    """The log of an agent at work for a project, and for how many days it is kept."""

    project: str
    agent: str
    days: int


class Loki(Monitor):
    """And how long logs are kept: usually, and those that are kept longer."""

    seconds: int
    streams: list[Kept]


class Alertmanager(Monitor):
    """And whom it tells: the channel, and where its webhook's address lies in the store."""

    slack: dict[str, str]


def collector(
    fleet: Fleet, cluster: Resource[Cluster], parts: Mapping[str, Part], part: Part
) -> Collector:
    """Agents and services send; Prometheus asks how it is."""
    senders = team(fleet, cluster)
    senders += [peer(parts[key]) for key in ("registry", "workflowEngine") if key in parts]
    port = fleet.platform.collector.port
    base = _monitor(fleet, cluster, parts, part, port)
    watchers = [peer(parts["prometheus"])] if "prometheus" in parts else []
    ingress = connections(senders, port) + connections(watchers, OWN)
    audit = _audit(fleet, cluster)
    internet = [443] if audit else []
    return {**base, "ingress": ingress, "internet": internet, "own": OWN, "audit": audit}


def _audit(fleet: Fleet, cluster: Resource[Cluster]) -> AuditStore | None:
    """The audit store as agents of a cluster need it; what strangers say is kept the longest."""
    audit, found = fleet.platform.audit, _streams(fleet, cluster)
    buckets = [_bucket(fleet, days, found) for days in bucket_days(fleet)]
    if audit is None or not buckets:
        return None
    every = {event for events in audit.events.model_dump().values() for event in events}
    return {
        "cluster": cluster.name,
        "region": audit.region,
        "endpoint": audit.endpoint or "",
        "id": (audit.accessKey.key, audit.accessKey.property),
        "key": (audit.secretKey.key, audit.secretKey.property),
        "queue": in_bytes(audit.queue) * 4 // 5 // len(buckets),
        "events": sorted(every),
        "agents": [stream.name for stream in found],
        "buckets": buckets,
    }


def _bucket(fleet: Fleet, days: int, found: Sequence[Stream]) -> Bucket:
    """A bucket, and by kind of event those whose events go there."""
    senders: dict[str, list[str]] = {}
    for stream in (one for one in found if in_store(fleet, one) == days):
        for event in audited(fleet, stream):
            senders.setdefault(event, []).append(stream.name)
    return {"name": bucket(fleet, days), "days": days, "senders": senders}


def _streams(fleet: Fleet, cluster: Resource[Cluster]) -> list[Stream]:
    """The logs of the agents at work in a cluster."""
    here = {(a.project.name, a.name) for a in fleet.agents if a.cluster is cluster}
    return [s for s in streams(fleet.graph) if (s.project.name, s.agent.name) in here]


def prometheus(
    fleet: Fleet, cluster: Resource[Cluster], parts: Mapping[str, Part], part: Part
) -> Prometheus:
    """It asks all that are deployed here; the collector by pod, as each counts for itself."""
    base = _monitor(fleet, cluster, parts, part, PORTS["prometheus"])
    scrapes = [_scrape(part, part.name, PORTS["prometheus"])]
    asked = [key for key in TALKS["prometheus"] if key in parts]
    scrapes += [_scrape(parts[key], parts[key].name, PORTS[key]) for key in asked]
    egress = base["egress"]
    if (source := parts.get("collector")) is not None:
        scrapes.append(_scrape(source, f"{source.name}-pods", OWN))
        egress = [*egress, *connections([peer(source)], OWN)]
    kept = fleet.platform.components and fleet.platform.components.prometheus
    assert kept, "a part is a component of the platform"
    return {
        **base,
        "egress": egress,
        "cluster": cluster.name,
        "scrapes": sorted(scrapes, key=lambda scrape: scrape["job"]),
        "seconds": seconds(kept.retention),
        "most": in_bytes(part.size or kept.size) * 4 // 5,
    }


def loki(fleet: Fleet, cluster: Resource[Cluster], parts: Mapping[str, Part], part: Part) -> Loki:
    """It only takes in, and answers."""
    kept = fleet.platform.components and fleet.platform.components.loki
    assert kept, "a part is a component of the platform"
    base = _monitor(fleet, cluster, parts, part, PORTS["loki"])
    usual = seconds(kept.retention)
    longer: list[Kept] = [
        {"project": stream.project.name, "agent": stream.agent.name, "days": stream.days}
        for stream in _streams(fleet, cluster)
        if stream.days * DAY > usual and named(fleet, stream)
    ]
    return {**base, "seconds": usual, "streams": longer}


def grafana(
    fleet: Fleet, cluster: Resource[Cluster], parts: Mapping[str, Part], part: Part
) -> Monitor:
    """It asks the others for what people want to see."""
    return _monitor(fleet, cluster, parts, part, PORTS["grafana"])


def alertmanager(
    fleet: Fleet, cluster: Resource[Cluster], parts: Mapping[str, Part], part: Part
) -> Alertmanager:
    """It reaches the internet where somebody is told there."""
    told = fleet.platform.components and fleet.platform.components.alertmanager
    slack = told.slack if told else None
    base = _monitor(fleet, cluster, parts, part, PORTS["alertmanager"])
    if slack is None:
        return {**base, "slack": {}}
    secret = slack.webhook
    found = {"channel": slack.channel, "key": secret.key, "property": secret.property}
    return {**base, "internet": [443], "slack": found}


def _monitor(
    fleet: Fleet,
    cluster: Resource[Cluster],
    parts: Mapping[str, Part],
    part: Part,
    port: int,
) -> Monitor:
    """Who comes in and who is reached, by the table."""
    callers = [peer(parts[key]) for key, to in TALKS.items() if part.key in to and key in parts]
    called = {key: parts[key] for key in TALKS[part.key] if key in parts}
    egress = [
        one for key, other in called.items() for one in connections([peer(other)], PORTS[key])
    ]
    base = workload(fleet, cluster, part, connections(callers, port), egress)
    others = {key: f"{it.name}.{it.namespace}.svc:{PORTS[key]}" for key, it in called.items()}
    return {**base, "port": port, "others": others}


def _scrape(part: Part, host: str, port: int) -> Scrape:
    return {"job": part.name, "host": f"{host}.{part.namespace}.svc", "port": port}
