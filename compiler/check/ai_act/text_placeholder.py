"""A placeholder answers nothing, but looks like an answer in a record."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.ai_act.placeholders import placeholder, texts
from compiler.derive import Fleet
from compiler.diagnostic import Diagnostic, Rule, Severity
from compiler.graph import Resource
from compiler.model import Agent, AISystem, LanguageModel, Owners, Project, Spec, Waiver
from compiler.source import Route

RULE = Rule("text-placeholder", Severity.ERROR, "a placeholder stands in for an answer")

_PARTS = ("card", "compliance")
_ELSEWHERE = frozenset(
    (
        "compliance.annexIII",  # where `none` is an answer
        "provider.country",  # `NA` is a country
        "version",
        "supersedes",
        "userInterface",
        "id",
        "misuse.risk",
        "evaluation.name",
        "evaluation.evidence",
        "evaluation.metrics.name",
        "evaluation.metrics.evidence",
        "evaluation.reports.file",
        "performance.groups.metric.name",
        "performance.groups.metric.evidence",
    )
)
"""Names that other checks look up, so that they report an unknown one."""


def check(fleet: Fleet) -> Iterator[Diagnostic]:
    """Every placeholder in records, cards, answers and models, and approvals."""
    for resource, route, text in _texts(fleet):
        field = ".".join(part for part in route if isinstance(part, str))
        if placeholder(text) and field not in _ELSEWHERE:
            yield RULE.at(
                resource.at(*route),
                f"`{text.strip()}` is a placeholder, and no answer to `{field}`",
                help="write the answer, or omit the field until it is known",
            )


def _texts(fleet: Fleet) -> Iterator[tuple[Resource[Spec], Route, str]]:
    for record in fleet.graph.all(AISystem):
        for route, text in texts(record.spec):
            yield record, route, text
    for model in fleet.graph.all(LanguageModel):
        for route, text in texts(model.spec):
            yield model, route, text
    yield from _agreed(fleet)
    for agent in fleet.graph.all(Agent):
        yield agent, ("purpose",), agent.spec.purpose
        yield agent, ("displayName",), agent.spec.displayName
        for part in _PARTS:
            for route, text in texts(getattr(agent.spec, part), (part,)):
                yield agent, route, text


def _agreed(fleet: Fleet) -> Iterator[tuple[Resource[Spec], Route, str]]:
    """Contacts, names of projects, and reasons of waivers and grants."""
    for owners in fleet.graph.all(Owners):
        for index, owner in enumerate(owners.spec.owners):
            yield owners, ("owners", index, "contact"), owner.contact
    for waiver in fleet.graph.all(Waiver):
        yield waiver, ("reason",), waiver.spec.reason
    for project in fleet.graph.all(Project):
        yield project, ("displayName",), project.spec.displayName
        for at, entry in enumerate(project.spec.agents):
            for number, grant in enumerate(entry.grants):
                if grant.reason is not None:
                    yield project, ("agents", at, "grants", number, "reason"), grant.reason
