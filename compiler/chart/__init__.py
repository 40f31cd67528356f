"""Fleet to Files and Diagnostics: components of the platform and projects' own charts, by cdk8s.

A chart is a function `build(chart, given)` that adds objects to a cdk8s Chart. What it is given is
plain JSON, and decides on its output; so a chart whose facts and source are as before is taken from
a memo. Without one everything is built anew, as `generate --check` and CI do.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

from compiler.chart import projects
from compiler.chart.facts import context_store, event_bus, monitoring, services
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

Facts = Callable[[Fleet, Resource[Cluster], Mapping[str, Part], Part], Mapping[str, Any] | None]


class Component(NamedTuple):
    """The part of the platform that it is made of, the module that builds it, and its facts."""

    part: str
    module: str
    facts: Facts


COMPONENTS: tuple[Component, ...] = (
    Component("contextStore", "context_store", context_store.context_store),
    Component("contextStore", "event_bus", event_bus.event_bus),
    Component("registryDatabase", "postgres", services.database),
    Component("registry", "service", services.registry),
    Component("workflowDatabase", "postgres", services.database),
    Component("workflowEngine", "service", services.engine),
    Component("collector", "collector", monitoring.collector),
    Component("prometheus", "prometheus", monitoring.prometheus),
    Component("loki", "loki", monitoring.loki),
    Component("grafana", "grafana", monitoring.grafana),
    Component("alertmanager", "alertmanager", monitoring.alertmanager),
)
"""The components. To add one: a file in `facts/`, one in `components/`, and a line here."""


class Order(NamedTuple):
    """A component to be built for a cluster."""

    cluster: Resource[Cluster]
    part: Part
    module: str
    given: Mapping[str, Any]

    @property
    def job(self) -> Job:
        """As the child takes it."""
        return Job(self.given, module=f"compiler.chart.components.{self.module}")


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
        for key, module, facts in COMPONENTS:
            if (part := here.get(key)) is not None:
                given = facts(fleet, cluster, here, part)
                if given is not None:
                    yield Order(cluster, part, module, given)


def _component(fleet: Fleet, order: Order, answer: Answer) -> Iterator[File]:
    where = f"clusters/{order.cluster.name}/platform/{order.given['name']}"
    origin = Origin("", fleet.platform_resource, order.part.route)
    for item in answer["objects"]:
        yield file(where, order.cluster, ordered(item["object"]), origin)
