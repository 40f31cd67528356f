"""Which duties a system answers, and which fields of the answers are missing.

Documents and bills of materials name what is missing; a check decides how severe that is. Derived
duties are left out, as their answers follow from the specs.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from compiler.ai_act.applicability import applies
from compiler.ai_act.evidence import Measured, measured
from compiler.ai_act.fields import empty, value
from compiler.ai_act.law import DUTIES, Duty
from compiler.ai_act.law.duties import DEROGATION, INTERACTION_NOTICE, TEST_METRICS
from compiler.ai_act.systems import System
from compiler.graph import Graph
from compiler.model import LanguageModel
from compiler.model.base import Model

Values = Mapping[str, object]
"""The values that answer a duty, by dotted field; an empty value is no answer."""


class DutyAnswer(NamedTuple):
    """A duty that applies, the fields that answer it, and those of them that are missing."""

    duty: Duty
    fields: tuple[str, ...]
    missing: tuple[str, ...]

    @property
    def complete(self) -> bool:
        """Whether no field is missing."""
        return not self.missing


def duty_answers(graph: Graph, system: System) -> Iterator[DutyAnswer]:
    """The answer to every duty that applies to a system and is not derived, in order of the law."""
    for duty in DUTIES:
        if not duty.derived and applies(graph, system, duty):
            values = _values(graph, system, duty)
            missing = [path for field, part in values.items() for path in _missing(field, part)]
            yield DutyAnswer(duty, tuple(values), tuple(missing))


_OPTIONAL = frozenset({"waiver"})


def _values(graph: Graph, system: System, duty: Duty) -> Values:
    if duty.answered_in == "agents":
        return {
            f"{agent.name}.{duty.field}": value(agent.spec, duty.field)
            for agent in system.members
            if duty is not DEROGATION or value(agent.spec, duty.field) is not None
        }
    if duty.answered_in == "models":
        names = sorted({str(agent.spec.model) for agent in system.members})
        models = [graph.get(LanguageModel, name) for name in names]
        return {f"{m.name}.{field}": value(m.spec, field) for m in models for field in duty.fields}
    record = system.record and system.record.spec
    if duty is INTERACTION_NOTICE:
        return _notices(system, record)
    fields = duty.fields
    if duty.one_is_enough:
        fields = tuple(f for f in fields if not empty(value(record, f))) or fields[:1]
    values = {field: value(record, field) for field in fields}
    return {**values, **_results(graph, system)} if duty is TEST_METRICS else values


def _notices(system: System, record: object) -> Values:
    """The notice in each of the project's languages and its place, or why none is needed."""
    obvious = "transparency.interaction.obvious"
    if not empty(value(record, obvious)):
        return {obvious: value(record, obvious)}
    notice, surface = INTERACTION_NOTICE.fields
    texts = value(record, notice)
    by_locale = texts if isinstance(texts, dict) else {}
    locales = system.project.spec.notices.locales
    notices = {f"{notice}.{locale}": by_locale.get(locale) for locale in locales}
    return notices | {surface: value(record, surface)}


def _results(graph: Graph, system: System) -> Values:
    """The results of the metrics; a metric without valid evidence has none."""
    metrics = system.record.spec.evaluation.metrics if system.record else ()
    results = {metric.name: measured(graph, metric) for metric in metrics}
    return {
        f"evaluation.metrics.{name}.evidence": result if isinstance(result, Measured) else None
        for name, result in results.items()
    }


def _missing(field: str, answer: object) -> Iterator[str]:
    """The dotted fields at and below one that are empty."""
    if empty(answer):
        yield field
    elif isinstance(answer, Model):
        for name in type(answer).model_fields:
            if name not in _OPTIONAL:
                yield from _missing(f"{field}.{name}", getattr(answer, name))
    elif isinstance(answer, tuple) and not isinstance(answer, Measured):
        for index, entry in enumerate(answer):
            yield from _missing(f"{field}[{index}]", entry)
