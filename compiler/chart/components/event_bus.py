"""The event bus: an address of its own for the store's first pod, and the list of topics."""

from __future__ import annotations

from typing import TYPE_CHECKING

from compiler.chart.construct import workloads
from compiler.chart.facts import Site, Workload, workload
from compiler.emit.format.json import dump
from compiler.emit.format.kubernetes import labels

if TYPE_CHECKING:
    from cdk8s import Chart

NAME = "event-bus"


class EventBus(Workload):
    """What decides on its objects; its selector is that of the store, which carries events."""

    port: int
    first: str
    topics: list[str]


def gather(site: Site) -> EventBus | None:
    """The facts; None where the event bus is another product."""
    fleet, bus = site.fleet, site.fleet.platform.eventBus
    if bus.kind != "redis-streams" or not bus.topics:
        return None
    base = workload(site, [])
    return {
        **base,
        "name": NAME,
        "labels": {**labels.selector(NAME, NAME), **labels.of_project(fleet)},
        "port": fleet.platform.contextStore.port,
        "first": f"{site.part.name}-0",
        "topics": list(bus.topics),
    }


def build(chart: Chart, facts: EventBus) -> None:
    """A Service, and a ConfigMap that names the stream of each topic."""
    only = {"statefulset.kubernetes.io/pod-name": facts["first"]}
    workloads.service(chart, facts, {"redis": facts["port"]}, only=only)
    streams = {topic: f"events:{topic}" for topic in facts["topics"]}
    workloads.config(chart, facts, {"topics.json": dump(streams)})
