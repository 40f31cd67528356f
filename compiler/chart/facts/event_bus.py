"""The event bus on Redis Streams: a topic is a key of the context store."""

from __future__ import annotations

from collections.abc import Mapping

from compiler.chart.facts import Workload, workload
from compiler.derive.components import Part
from compiler.derive.fleet import Fleet
from compiler.emit.format.kubernetes import labels
from compiler.graph import Resource
from compiler.model import Cluster

NAME = "event-bus"


class EventBus(Workload):
    """What decides on its objects; its selector is that of the store that carries it."""

    port: int
    first: str
    topics: list[str]


def event_bus(
    fleet: Fleet, cluster: Resource[Cluster], _parts: Mapping[str, Part], part: Part
) -> EventBus | None:
    """The facts, or None where another technology carries events."""
    bus = fleet.platform.eventBus
    if bus.kind != "redis-streams" or not bus.topics:
        return None
    base = workload(fleet, cluster, part, [])
    return {
        **base,
        "name": NAME,
        "labels": {**labels.selector(NAME, NAME), **labels.of_project(fleet)},
        "port": fleet.platform.contextStore.port,
        "first": f"{part.name}-0",
        "topics": list(bus.topics),
    }
