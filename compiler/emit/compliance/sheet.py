"""A system as facts for the templates of its pages: its record, its duties and the law.

Templates read the record by its field names: `record.oversight.stop.owner` is a FieldAnswer, whose
value is None where the record says nothing. A list of parts, such as `record.risks`, is a tuple.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

from compiler.ai_act.applicability import applies
from compiler.ai_act.evidence import Measured, measured, meets
from compiler.ai_act.fields import empty, has_entries, leaves, part_of, value
from compiler.ai_act.law import DUTIES, LAW, Duty, duties
from compiler.ai_act.systems import System
from compiler.derive import Fleet
from compiler.derive.fleet import Grant
from compiler.derive.owners import owners
from compiler.model import AISystem, Metric
from compiler.model.base import Model

Facts = Mapping[str, object]


class FieldAnswer(NamedTuple):
    """What a record says in one field; `article` is that of the duty that asks for it, or ""."""

    value: object | None
    article: str


class Person(NamedTuple):
    """A role or team, and how to reach it if the Owners list it."""

    name: str | None
    contact: str
    article: str


class DutyFacts(NamedTuple):
    """A duty as pages show it."""

    id: str
    article: str
    binds: bool
    applies: bool


@dataclass(frozen=True, eq=False)
class Sheet:
    """A system under the Act, and the fleet that it belongs to."""

    fleet: Fleet
    system: System

    @property
    def project(self) -> str:
        """The name of its project."""
        return self.system.project.name

    @property
    def record(self) -> AISystem | None:
        """Its record, where there is one."""
        return self.system.record.spec if self.system.record else None

    @cached_property
    def facts(self) -> Facts:
        """The facts that every page has."""
        spec = self.record
        return {
            "system": {
                "title": self.system.project.spec.displayName,
                "project": self.project,
                "version": spec and spec.version,
                "role": spec and spec.role,
                "class": self.system.ai_class,
            },
            "law": _LAW,
            "duties": {name: self._duty(duty) for name, duty in _DUTIES.items()},
            "record": self._part(AISystem, spec, ""),
        }

    def binds(self, duty: Duty) -> bool:
        """Whether a duty binds it."""
        return self.system.binds(duty.subject)

    def applies(self, duty: Duty) -> bool:
        """Whether a duty binds it, and the condition that the duty depends on holds."""
        return applies(self.fleet.graph, self.system, duty)

    def article(self, duty: Duty) -> str:
        """The article of a duty that binds it, else ""."""
        return duty.article if self.binds(duty) else ""

    def shown_in(self, document: str) -> tuple[Duty, ...]:
        """The duties that a document answers, of those that bind it."""
        return tuple(d for d in DUTIES if d.document == document and self.binds(d))

    def read(self, field: str) -> Any:
        """What the record says at a dotted field; None where it says nothing."""
        return value(self.record, field)

    def answer(self, duty: Duty, value: object) -> FieldAnswer:
        """An answer that is not in the record, as a page shows it."""
        return FieldAnswer(None if empty(value) else value, self.article(duty))

    def grants(self) -> Iterator[Grant]:
        """Every grant of its team, by agent, server and tool."""
        return (g for g in self.fleet.grants if g.call.project == self.project)

    def person(self, duty: Duty, name: str | None) -> Person:
        """A role or team that a duty asks for."""
        owner = owners(self.fleet.graph).get(name) if name is not None else None
        return Person(name, owner.contact if owner else "", self.article(duty))

    def metric(self, duty: Duty, metric: Metric) -> Facts:
        """A metric with its result, as the evidence says."""
        result = measured(self.fleet.graph, metric)
        facts = {
            "name": metric.name,
            "better": metric.better,
            "threshold": None if metric.threshold is None else f"{metric.threshold:g}",
            "set_at": metric.setAt,
            "waiver": metric.waiver,
            "article": self.article(duty),
            "value": None,
            "problem": result if isinstance(result, str) else "",
        }
        if not isinstance(result, Measured):
            return facts
        evidence = {"date": result.date, "dataset": result.dataset, "samples": result.samples}
        return {**facts, **evidence, "value": f"{result.value:g}", "met": meets(metric, result)}

    def _duty(self, duty: Duty) -> DutyFacts:
        return DutyFacts(duty.id, duty.article, self.binds(duty), self.applies(duty))

    def _part(
        self, kind: type[Model], spec: Model | None, path: str, duty: Duty | None = None
    ) -> Facts:
        """A part of the record, whose fields may be parts themselves."""
        return {
            name: self._field(kind, name, getattr(spec, name, None), f"{path}{name}", duty)
            for name in kind.model_fields
        }

    def _field(
        self, kind: type[Model], name: str, value: Any, path: str, duty: Duty | None
    ) -> object:
        part = part_of(kind, name)
        if part is not None:
            return self._part(part, value, f"{path}.", duty)
        asks = duty or _ASKS.get(path)
        if has_entries(kind, name):
            return tuple(self._part(type(entry), entry, "", asks) for entry in value or ())
        return FieldAnswer(None if empty(value) else value, self.article(asks) if asks else "")


_DUTIES = {name: duty for name, duty in vars(duties).items() if isinstance(duty, Duty)}
_LAW = {
    "name": LAW.name,
    "citation": LAW.citation,
    "amended": LAW.amended,
    "consolidated": LAW.consolidated,
    "reviewed": LAW.reviewed,
    "duty": duties.RULES_REVIEWED.id,
}
_RELATED = {
    "version": duties.SYSTEM_VERSION,
    "provider.representative": duties.PROVIDER_IDENTITY,
    "deployer.workplace": duties.WORKERS_INFORMED,
    "deployer.publicAuthority": duties.PUBLIC_AUTHORITY_REGISTRATION,
}
"""Fields that are asked for because a duty depends on them, or on which its answer depends."""
_ASKS: Mapping[str, Duty] = {
    **{
        leaf: duty
        for duty in reversed(DUTIES)
        if duty.answered_in == "record" and not duty.derived
        for field in duty.fields
        for leaf in leaves(AISystem, field)
    },
    **_RELATED,
}
"""Which duty asks for each field of a record."""
