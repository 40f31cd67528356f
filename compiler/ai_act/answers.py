"""Duties of the EU AI Act as a record answers them: which are due, and what is silent in each.

This is for documents, which name what is missing; a check says how grave that is. Duties that are
derived are not here: nobody answers them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from compiler.ai_act.due import answered, due
from compiler.ai_act.evidence import Measured, measured
from compiler.ai_act.fields import empty, value
from compiler.ai_act.law import DUTIES, Duty
from compiler.ai_act.systems import System
from compiler.graph import Graph
from compiler.model import LanguageModel
from compiler.model.base import Model

Parts = Mapping[str, object]
"""What answers a duty, by its dotted field; what is empty is silent."""


class Answer(NamedTuple):
    """A duty that is due, the fields that answer it, and those of them that say nothing."""

    duty: Duty
    fields: tuple[str, ...]
    silent: tuple[str, ...]

    @property
    def complete(self) -> bool:
        """Whether nothing is left out."""
        return not self.silent


def answers(graph: Graph, system: System) -> Iterator[Answer]:
    """Every duty that is due for a system and that somebody answers, in the order of the law."""
    for duty in DUTIES:
        if not duty.derived and _due(graph, system, duty):
            parts = _parts(graph, system, duty)
            silent = [part for name, found in parts.items() for part in _silent(name, found)]
            yield Answer(duty, tuple(parts), tuple(silent))


def _due(graph: Graph, system: System, duty: Duty) -> bool:
    """Whether a duty is due; a derogation is answered only where one is claimed."""
    claimed = duty.id != "AIA-005" or answered("derogation")(graph, system)
    return claimed and due(graph, system, duty.id)


_FIELDS: Mapping[str, tuple[str, ...]] = {
    "AIA-014": ("data.testing",),
    "AIA-027": ("conformity.route", "conformity.declaration", "conformity.marking"),
    "AIA-028": ("qualityManagement", "documentationYears"),
    "AIA-030": ("logging.events", "logging.store"),
    "AIA-040": ("provider.name", "provider.address", "provider.country", "provider.contact"),
    "AIA-055": ("oversight.mode", "oversight.doubt"),
    "AIA-060": ("robustness.fallback", "robustness.timeouts", "robustness.circuitBreaker"),
    "AIA-072": ("registration.database", "registration.status", "registration.memberStates"),
    "AIA-081": ("deployer.workersInformed",),
    "AIA-082": ("deployer.personsInformed", "deployer.explanations"),
    "AIA-083": ("deployer.dataProtection", "deployer.dataProtectionDate"),
}
"""Where the answer is not all of the duty's own field."""

_ALTERNATIVES: Mapping[str, tuple[str, ...]] = {
    "AIA-024": ("performance.groups", "performance.notApplicable"),
    "AIA-026": ("standards", "solutions"),
    "AIA-093": ("transparency.disclosure", "transparency.editor"),
}
"""Where one of several fields is enough."""

_OPTIONAL = frozenset({"waiver"})
_PAPERS = ("card", "terms", "licence", "annexXII", "agreement")


def _parts(graph: Graph, system: System, duty: Duty) -> Parts:
    if duty.field.startswith("compliance."):
        return {
            f"{agent.name}.{duty.field}": value(agent.spec, duty.field)
            for agent in system.members
            if duty.id != "AIA-005" or value(agent.spec, duty.field) is not None
        }
    if duty.id == "AIA-019":
        return _papers(graph, system)
    record = system.record and system.record.spec
    if duty.id in _ALTERNATIVES:
        several = _ALTERNATIVES[duty.id]
        given = [field for field in several if not empty(value(record, field))]
        return {field: value(record, field) for field in given or several[:1]}
    if duty.id == "AIA-090":
        return _notices(system, record)
    parts = {field: value(record, field) for field in _FIELDS.get(duty.id, (duty.field,))}
    return {**parts, **_results(graph, system)} if duty.id == "AIA-012" else parts


def _papers(graph: Graph, system: System) -> Parts:
    names = sorted({str(agent.spec.model) for agent in system.members})
    models = [graph.get(LanguageModel, name) for name in names]
    return {f"{m.name}.{paper}": value(m.spec, paper) for m in models for paper in _PAPERS}


def _notices(system: System, record: object) -> Parts:
    """The words in each of the project's languages and their place, or why none are needed."""
    obvious = "transparency.interaction.obvious"
    if not empty(value(record, obvious)):
        return {obvious: value(record, obvious)}
    notice = value(record, "transparency.interaction.notice")
    words = notice if isinstance(notice, dict) else {}
    each = {
        f"transparency.interaction.notice.{locale}": words.get(locale)
        for locale in system.project.spec.notices.locales
    }
    surface = "transparency.interaction.surface"
    return each | {surface: value(record, surface)}


def _results(graph: Graph, system: System) -> Parts:
    """The metrics' results; one without fitting evidence is silent."""
    metrics = system.record.spec.evaluation.metrics if system.record else ()
    found = {metric.name: measured(graph, metric) for metric in metrics}
    return {
        f"evaluation.metrics.{name}.evidence": result if isinstance(result, Measured) else None
        for name, result in found.items()
    }


def _silent(name: str, found: object) -> Iterator[str]:
    """The fields at and below one that say nothing."""
    if empty(found):
        yield name
    elif isinstance(found, Model):
        for field in type(found).model_fields:
            if field not in _OPTIONAL:
                yield from _silent(f"{name}.{field}", getattr(found, field))
    elif isinstance(found, tuple) and not isinstance(found, Measured):
        for index, one in enumerate(found):
            yield from _silent(f"{name}[{index}]", one)
