"""A name that is in a list twice is a mistake; often another name was intended."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from compiler.derive import Fleet
from compiler.diagnostic import Diagnostic, Rule, Severity, repeated
from compiler.graph import Resource
from compiler.model import Agent, AISystem, ContextSpace, Owners, Project
from compiler.source import Route, Span

RULE = Rule("listed-twice", Severity.ERROR, "a name is in a list twice")


def check(fleet: Fleet) -> Iterator[Diagnostic]:
    """Every place where a list of names has one of them twice."""
    for project in fleet.graph.all(Project):
        yield from _list(project, ("servers",), project.spec.servers)
        yield from _list(project, ("clusters",), project.spec.clusters)
        for a, member in enumerate(project.spec.agents):
            yield from _list(project, ("agents", a, "delegatesTo"), member.delegatesTo)
    for agent in fleet.graph.all(Agent):
        yield from _list(agent, ("capabilities",), agent.spec.capabilities)
        yield from _list(agent, ("delegatesTo",), agent.spec.delegatesTo)
    for space in fleet.graph.all(ContextSpace):
        yield from _list(space, ("readers",), space.spec.readers)
    for record in fleet.graph.all(AISystem):
        yield from _report(
            (risk.id, record.at("risks", r, "id")) for r, risk in enumerate(record.spec.risks)
        )
    yield from _report(
        (owner.name, resource.at("owners", o, "name"))
        for resource in fleet.graph.all(Owners)
        for o, owner in enumerate(resource.spec.owners)
    )


def _list(
    resource: Resource[Agent] | Resource[ContextSpace] | Resource[Project],
    route: Route,
    names: Iterable[str],
) -> Iterator[Diagnostic]:
    return _report((name, resource.at(*route, index)) for index, name in enumerate(names))


def _report(places: Iterable[tuple[str, Span]]) -> Iterator[Diagnostic]:
    for name, span, first in repeated(places):
        yield RULE.at(span, f"`{name}` is listed twice", help="keep one of them", related=[first])
