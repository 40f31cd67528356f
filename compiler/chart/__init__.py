"""Fleet to Files and Diagnostics: components of the platform and projects' own charts, by cdk8s.

A chart is a function `build(chart, given)` that adds objects to a cdk8s Chart. Its second argument
is plain JSON, and alone decides on its output; so the objects of a chart whose facts and source are
unchanged are taken from a memo. Without a memo every chart is rebuilt, as in `generate --check`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

from compiler.chart import projects
from compiler.chart.components import (
    alertmanager,
    collector,
    context_store,
    event_bus,
    grafana,
    loki,
    postgres,
    prometheus,
    services,
)
from compiler.chart.facts import Site
from compiler.chart.judge import RULES
from compiler.chart.objects import ordered
from compiler.chart.process import Answer, Job, Memo, NoMemo, answers
from compiler.derive.components import Part
from compiler.derive.fleet import Fleet
from compiler.diagnostic import Diagnostic, canonical
from compiler.emit.format.kubernetes.objects import file
from compiler.file import File, Origin
from compiler.graph import Resource
from compiler.model import Cluster

__all__ = ["COMPONENTS", "RULES", "Memo", "NoMemo", "build"]


class Component(NamedTuple):
    """A chart of the platform: the part that it is made of, and what gathers its facts.

    Beside that function the chart's module has `build(chart, facts)`.
    """

    part: str
    gather: Callable[[Site], Mapping[str, Any] | None]


COMPONENTS: tuple[Component, ...] = (
    Component("contextStore", context_store.gather),
    Component("contextStore", event_bus.gather),
    Component("registryDatabase", postgres.gather),
    Component("registry", services.registry),
    Component("workflowDatabase", postgres.gather),
    Component("workflowEngine", services.engine),
    Component("collector", collector.gather),
    Component("prometheus", prometheus.gather),
    Component("loki", loki.gather),
    Component("grafana", grafana.gather),
    Component("alertmanager", alertmanager.gather),
)
"""The charts. To add one: its model in `model/components.py`, a file in `components/`, a line here.
"""


class Order(NamedTuple):
    """A component to be built for a cluster."""

    cluster: Resource[Cluster]
    part: Part
    module: str
    facts: Mapping[str, Any]

    @property
    def job(self) -> Job:
        """What the child process gets."""
        return Job(self.facts, module=self.module)


def build(fleet: Fleet, memo: Memo) -> tuple[tuple[File, ...], tuple[Diagnostic, ...]]:
    """The files of all charts, and the diagnostics of those of projects."""
    components = list(_orders(fleet))
    charts, wrong = projects.orders(fleet)
    jobs = [*(order.job for order in components), *(order.job for order in charts)]
    built = answers(jobs, memo)
    files, diagnostics = list[File](), list(wrong)
    for component, answer in zip(components, built, strict=False):
        files += _component(fleet, component, answer)
    for order, answer in zip(charts, built[len(components) :], strict=True):
        some, faults = projects.build_files(order, answer)
        files += some
        diagnostics += faults
    return tuple(files), canonical(diagnostics)


def _orders(fleet: Fleet) -> Iterator[Order]:
    """Every component of every cluster."""
    for cluster in fleet.graph.all(Cluster):
        deployed = {part.key: part for part in fleet.parts[cluster.name]}
        for key, gather in COMPONENTS:
            if (part := deployed.get(key)) is not None:
                facts = gather(Site(fleet, cluster, deployed, part))
                if facts is not None:
                    yield Order(cluster, part, gather.__module__, facts)


def _component(fleet: Fleet, order: Order, answer: Answer) -> Iterator[File]:
    where = f"clusters/{order.cluster.name}/platform/{order.facts['name']}"
    origin = Origin("", fleet.platform_resource, order.part.route)
    for item in answer["objects"]:
        yield file(where, order.cluster, ordered(item["object"]), origin)
