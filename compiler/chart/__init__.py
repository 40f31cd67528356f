"""Fleet to Files and Diagnostics: components of the platform and projects' own charts, by cdk8s.

A chart is a function `build(chart, given)` that adds objects to a cdk8s Chart. What it is given is
plain JSON, and decides on its output; so a chart whose facts and source are as before is taken from
a memo. Without one everything is built anew, as `generate --check` and CI do.
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
from compiler.chart.process import Answer, Forgetful, Job, Memo, answers
from compiler.derive.components import Part
from compiler.derive.fleet import Fleet
from compiler.diagnostic import Diagnostic, canonical
from compiler.emit.format.kubernetes.objects import file
from compiler.file import File, Origin
from compiler.graph import Resource
from compiler.model import Cluster

__all__ = ["COMPONENTS", "RULES", "Forgetful", "Memo", "build"]


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
    given: Mapping[str, Any]

    @property
    def job(self) -> Job:
        """As the child takes it."""
        return Job(self.given, module=self.module)


def build(fleet: Fleet, memo: Memo) -> tuple[tuple[File, ...], tuple[Diagnostic, ...]]:
    """The files of all charts, and what is wrong with those of projects."""
    ours = list(_orders(fleet))
    theirs, wrong = projects.orders(fleet)
    jobs = [*(order.job for order in ours), *(order.job for order in theirs)]
    found = answers(jobs, memo)
    files, said = list[File](), list(wrong)
    for component, answer in zip(ours, found, strict=False):
        files += _component(fleet, component, answer)
    for order, answer in zip(theirs, found[len(ours) :], strict=True):
        some, faults = projects.made(order, answer)
        files += some
        said += faults
    return tuple(files), canonical(said)


def _orders(fleet: Fleet) -> Iterator[Order]:
    """Every component of every cluster."""
    for cluster in fleet.graph.all(Cluster):
        here = {part.key: part for part in fleet.parts[cluster.name]}
        for key, gather in COMPONENTS:
            if (part := here.get(key)) is not None:
                facts = gather(Site(fleet, cluster, here, part))
                if facts is not None:
                    yield Order(cluster, part, gather.__module__, facts)


def _component(fleet: Fleet, order: Order, answer: Answer) -> Iterator[File]:
    where = f"clusters/{order.cluster.name}/platform/{order.given['name']}"
    origin = Origin("", fleet.platform_resource, order.part.route)
    for item in answer["objects"]:
        yield file(where, order.cluster, ordered(item["object"]), origin)
