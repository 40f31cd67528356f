"""Gaps: what duties of the EU AI Act demand and records do not say, as diagnostics."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, timedelta
from typing import NamedTuple

from compiler.ai_act.fields import description, empty, leaves, outermost_empty
from compiler.ai_act.law import Duty
from compiler.ai_act.systems import RecordedSystem, System, recorded
from compiler.derive.fleet import Fleet
from compiler.diagnostic import Diagnostic, Label, Rule, Severity, worst
from compiler.graph import Resource, ResourceId
from compiler.model import AISystem, RiskTier, Spec
from compiler.model.base import Model
from compiler.source import Route

LEAD = {"lead": 180}
"""The parameter of every check of a duty: days before it applies from which a gap is an error."""


class Gap(NamedTuple):
    """Something that a duty demands and a spec does not say.

    `what` is a clause, lower case; `applies`: the first day, if not the duty's own.
    """

    duty: Duty
    resource: Resource[Spec]
    route: Route
    what: str
    help: str
    applies: date | None = None

    @property
    def day(self) -> date:
        """The first day on which the duty applies to it."""
        return self.applies or self.duty.applies


FindGaps = Callable[[Fleet, RecordedSystem], Iterable[Gap]]


def absent(duty: Duty, system: RecordedSystem, *fields: str, help: str = "") -> Iterator[Gap]:
    """A gap for each dotted field of the record that is empty, if the duty binds the system.

    A part of the record that is missing as a whole is one gap.

    Args:
        fields: By default all that the duty asks for.
        help: By default what the duty demands, or the field's description.
    """
    if not system.binds(duty.subject):
        return
    asked = fields or tuple(leaf for field in duty.fields for leaf in leaves(AISystem, field))
    gaps = dict.fromkeys(outermost_empty(system.spec, field) for field in asked)
    for field in (field for field in gaps if field is not None):
        own = field in asked and field != duty.field
        text = (description(AISystem, field) if own else "") or duty.demand
        advice = help or f"write `{field}`: {text}"
        yield Gap(duty, system.record, tuple(field.split(".")), f"`{field}` is missing", advice)


def lacking(
    duty: Duty,
    system: RecordedSystem,
    route: Route,
    entry: Model,
    name: str,
    fields: Iterable[str] = (),
) -> Iterator[Gap]:
    """A gap for each field that is empty in one entry of a list in the record.

    Args:
        route: Where the entry is in the record.
        name: What to call the entry in messages.
        fields: By default all fields of the entry.
    """
    kind = type(entry)
    for field in fields or kind.model_fields:
        if empty(getattr(entry, field)):
            help = f"write `{field}`: {description(kind, field)}"
            yield wrong(duty, system, (*route, field), f"`{field}` of {name} is missing", help)


def wrong(
    duty: Duty,
    system: RecordedSystem,
    place: Route | str,
    what: str,
    help: str,
    applies: date | None = None,
) -> Gap:
    """A gap at a route or dotted field of the record."""
    route = tuple(place.split(".")) if isinstance(place, str) else place
    return Gap(duty, system.record, route, what, help, applies)


def report(fleet: Fleet, rule: Rule, find: FindGaps) -> Iterator[Diagnostic]:
    """The gaps of all systems that have a record, as diagnostics of a rule."""
    gaps = ((system, gap) for system in recorded(fleet.systems) for gap in find(fleet, system))
    yield from diagnostics(fleet, rule, gaps)


def diagnostics(
    fleet: Fleet, rule: Rule, gaps: Iterable[tuple[System, Gap]]
) -> Iterator[Diagnostic]:
    """Gaps as diagnostics: one for each place, however many duties and systems ask for it."""
    groups: dict[tuple[ResourceId, Route, str], list[tuple[System, Gap]]] = {}
    for system, gap in gaps:
        groups.setdefault((gap.resource.id, gap.route, gap.what), []).append((system, gap))
    for group in groups.values():
        yield _diagnostic(fleet, rule, group)


def _diagnostic(fleet: Fleet, rule: Rule, group: Sequence[tuple[System, Gap]]) -> Diagnostic:
    """What is missing, by which articles, from which day."""
    system, first = group[0]
    articles = "; ".join(dict.fromkeys(gap.duty.article for _, gap in group))
    return rule.at(
        first.resource.key_at(*first.route) if first.route else first.resource.name_span,
        f"{first.what}: see {articles}",
        help="; ".join(dict.fromkeys(gap.help for _, gap in group)),
        related=[Label(system.project.name_span, _days(fleet, (gap for _, gap in group)))],
        severity=worst(_severity(fleet, rule, system, gap) for system, gap in group),
    )


def _severity(fleet: Fleet, rule: Rule, system: System, gap: Gap) -> Severity:
    """An error from some days before the duty applies, and always for agents of a high tier."""
    lead = timedelta(days=int(fleet.parameter(rule, "lead")))
    soon = gap.day - fleet.today <= lead
    return Severity.ERROR if soon or _high_tier(fleet, system) else Severity.WARNING


def _high_tier(fleet: Fleet, system: System) -> bool:
    tiers = {str(agent.spec.riskTier) for agent in system.members}
    return any(fleet.graph.get(RiskTier, tier).spec.level == "high" for tier in tiers)


def _days(fleet: Fleet, gaps: Iterable[Gap]) -> str:
    """From which day each duty applies, as `applies from 2027-12-02: AIA-010, AIA-011`."""
    days: dict[date, dict[str, None]] = {}
    for gap in sorted(gaps, key=lambda gap: gap.day):
        days.setdefault(gap.day, {})[gap.duty.id] = None
    clauses = (
        f"{'since' if day <= fleet.today else 'from'} {day}: {', '.join(ids)}"
        for day, ids in days.items()
    )
    return "applies " + "; ".join(clauses)
