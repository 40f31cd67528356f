"""What every document is written on: a system, the answers of its record, and named gaps."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from compiler.ai_act.applicability import applies
from compiler.ai_act.fields import empty, value
from compiler.ai_act.law import DUTIES, LAW, Duty
from compiler.ai_act.law.duties import RULES_REVIEWED
from compiler.ai_act.systems import System
from compiler.derive import Fleet
from compiler.derive.fleet import Grant
from compiler.derive.owners import owners
from compiler.emit.format.markdown import (
    Block,
    Content,
    Definitions,
    Heading,
    Inline,
    Paragraph,
    Strong,
)
from compiler.model import AISystem


@dataclass(frozen=True, slots=True)
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

    def binds(self, duty: Duty) -> bool:
        """Whether a duty binds it."""
        return self.system.binds(duty.subject)

    def applies(self, duty: Duty) -> bool:
        """Whether a duty binds it, and the condition that the duty depends on holds."""
        return applies(self.fleet.graph, self.system, duty)

    def due(self, document: str) -> tuple[Duty, ...]:
        """The duties that a document answers, of those that bind it."""
        return tuple(d for d in DUTIES if d.document == document and self.system.binds(d.subject))

    def found(self, field: str) -> Any:
        """What the record says at a dotted field; None where it says nothing."""
        return value(self.record, field)

    def said(self, duty: Duty, found: object) -> Content:
        """A value as people read it; a gap by the article of its duty where there is none."""
        return (self.gap(duty),) if empty(found) else _words(found)

    def gap(self, duty: Duty) -> Inline:
        """What stands where nothing is answered; a duty that binds names its article."""
        return Strong(f"Not answered ({duty.article})") if self.binds(duty) else "Not recorded"

    def answer(self, duty: Duty, field: str) -> Content:
        """What the record says at a dotted field, for a duty."""
        return self.said(duty, self.found(field))

    def answers(self, duty: Duty, prefix: str, fields: Mapping[str, str]) -> Definitions:
        """Answers below a dotted field, by what they are called; `""` is the record itself."""
        start = f"{prefix}." if prefix else ""
        return Definitions([(term, self.answer(duty, start + f)) for f, term in fields.items()])

    def heading(self, text: str, *duties: Duty, level: int = 2) -> Heading:
        """A heading with the duties that it answers, of those that bind."""
        marks = [f"{duty.id}: {duty.article}" for duty in duties if self.binds(duty)]
        return Heading(level, f"{text} ({'; '.join(marks)})" if marks else text)

    def grants(self) -> Iterator[Grant]:
        """Every grant of its team, by agent, server and tool."""
        return (g for g in self.fleet.grants if g.call.project == self.project)

    def person(self, duty: Duty, name: str | None) -> Content:
        """A role or team with how it is reached, as the Owners know it."""
        if name is None:
            return self.said(duty, None)
        known = owners(self.fleet.graph).get(name)
        return f"{name}: {known.contact}" if known else name


def top(sheet: Sheet, title: str) -> Iterator[Block]:
    """The head of a page."""
    record, system = sheet.record, sheet.system
    yield Heading(1, f"{title}: {system.project.spec.displayName}")
    yield Definitions(
        [
            ("System", f"{sheet.project}, version {(record and record.version) or 'not given'}"),
            ("Our role", (record and record.role) or "not given"),
            ("Class under the EU AI Act", system.ai_class),
        ]
    )


def foot() -> Iterator[Block]:
    """The foot of every page: which law, as of when, and what this is not."""
    yield Paragraph(
        f"{LAW.name}: {LAW.citation} as amended by {LAW.amended}, consolidated on"
        f" {LAW.consolidated}; rules reviewed on {LAW.reviewed} ({RULES_REVIEWED.id}). Not legal"
        " advice: this page shows what the records say, and where they say nothing."
    )


def _words(found: object) -> Content:
    match found:
        case bool():
            return "yes" if found else "no"
        case date():
            return found.isoformat()
        case tuple():
            return "; ".join(map(str, found))
    return str(found)
