"""The event bus: an address of its own for the store's first pod, and the list of topics."""

from __future__ import annotations

from cdk8s import Chart

from compiler.chart.construct import workloads
from compiler.chart.facts.event_bus import Given
from compiler.emit.format.json import dump


def build(chart: Chart, given: Given) -> None:
    """A Service, and a ConfigMap that names the stream of each topic."""
    only = {"statefulset.kubernetes.io/pod-name": given["first"]}
    workloads.service(chart, given, {"redis": given["port"]}, only=only)
    streams = {topic: f"events:{topic}" for topic in given["topics"]}
    workloads.config(chart, given, {"topics.json": dump(streams)})
