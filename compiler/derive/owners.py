"""Owners and roles by the name that specs use, and every place that names one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from compiler.ai_act.placeholders import placeholder
from compiler.ai_act.systems import System
from compiler.graph import Graph, Resource
from compiler.model import Agent, AISystem, Owner, Owners, Project, Spec, Waiver
from compiler.source import Route, Span

Named = tuple[Resource[Spec], Route, str | None]


def owners(graph: Graph) -> Mapping[str, Owner]:
    """Every owner that the organisation lists; empty where it lists none."""
    lists = reversed(graph.all(Owners))
    return {owner.name: owner for listed in lists for owner in listed.spec.owners}


def stoppers(
    graph: Graph, systems: Iterable[System]
) -> Iterator[tuple[Resource[Spec], Route, str]]:
    """Who stops the AI systems and the agents in them, with resource and route."""
    records = [system.record for system in systems if system.record]
    for record in records:
        oversight = record.spec.oversight
        stop = oversight.stop.owner if oversight and oversight.stop else None
        if stop is not None and not placeholder(stop):
            yield record, ("oversight", "stop", "owner"), stop
    members = _members(systems)
    for agent in (a for a in graph.all(Agent) if a.name in members):
        if agent.spec.oversight.owner is not None:
            yield agent, ("oversight", "owner"), agent.spec.oversight.owner


def named(graph: Graph, systems: Iterable[System]) -> Iterator[tuple[Span, str]]:
    """Everyone else who is named as an owner, approver, assignee or reviewer, and where."""
    for resource in graph.resources.values():
        if resource.owner is not None:
            yield resource.document.at("metadata", "owner"), resource.owner
    members = _members(systems)
    alone = (agent for agent in graph.all(Agent) if agent.name not in members)
    for resource, route, name in (
        *((agent, ("oversight", "owner"), agent.spec.oversight.owner) for agent in alone),
        *((listed, ("compliance",), listed.spec.compliance) for listed in graph.all(Owners)),
        *((waiver, ("approver",), waiver.spec.approver) for waiver in graph.all(Waiver)),
        *(entry for project in graph.all(Project) for entry in _approvers(project)),
        *(entry for record in graph.all(AISystem) for entry in _responsible(record)),
    ):
        if name is not None and not (isinstance(resource.spec, AISystem) and placeholder(name)):
            yield resource.at(*route), name


def _members(systems: Iterable[System]) -> frozenset[str]:
    return frozenset(agent.name for system in systems for agent in system.members)


def _approvers(project: Resource[Project]) -> Iterator[Named]:
    """Who agreed to grants and to widenings."""
    for index, entry in enumerate(project.spec.agents):
        for number, grant in enumerate(entry.grants):
            yield project, ("agents", index, "grants", number, "approver"), grant.approver
        for number, widening in enumerate(entry.widening):
            yield project, ("agents", index, "widening", number, "approver"), widening.approver


def _responsible(record: Resource[AISystem]) -> Iterator[Named]:
    """Who is responsible for a part of an AI system's record."""
    spec = record.spec
    for index, risk in enumerate(spec.risks):
        yield record, ("risks", index, "acceptedBy"), risk.acceptedBy
    for index, assignee in enumerate(spec.oversight.assignees if spec.oversight else ()):
        yield record, ("oversight", "assignees", index, "role"), assignee.role
    for index, report in enumerate(spec.evaluation.reports):
        yield record, ("evaluation", "reports", index, "signedBy"), report.signedBy
    if spec.incident:
        yield record, ("incident", "suspension"), spec.incident.suspension
    if spec.postMarket:
        yield record, ("postMarket", "owner"), spec.postMarket.owner
