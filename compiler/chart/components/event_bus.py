"""The event bus: an address of its own for the store's first pod, and the list of topics."""

from __future__ import annotations

from cdk8s import Chart

from compiler.chart.construct import workloads
from compiler.chart.facts.event_bus import EventBus
from compiler.emit.format.json import dump


def build(chart: Chart, facts: EventBus) -> None:
    """A Service, and a ConfigMap that names the stream of each topic."""
    only = {"statefulset.kubernetes.io/pod-name": facts["first"]}
    workloads.service(chart, facts, {"redis": facts["port"]}, only=only)
    streams = {topic: f"events:{topic}" for topic in facts["topics"]}
    workloads.config(chart, facts, {"topics.json": dump(streams)})
