"""Gaps: what duties of the EU AI Act demand and records do not say, as diagnostics."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, timedelta
from typing import NamedTuple, get_args

from compiler.ai_act.fields import empty, outermost_empty
from compiler.ai_act.law import Duty, duty
from compiler.ai_act.systems import System
from compiler.derive.fleet import Fleet
from compiler.diagnostic import Diagnostic, Label, Rule, Severity, worst
from compiler.graph import Resource, ResourceId
from compiler.model import AISystem, RiskTier, Spec
from compiler.model.base import Model
from compiler.source import Route

LEAD = {"lead": 180}
"""The parameter of every check of a duty: days before it applies from which a gap is an error."""


class Gap(NamedTuple):
    """Something that a duty demands and a record does not say.

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


Find = Callable[[Fleet, System], Iterable[Gap]]


def absent(id: str, system: System, *fields: str, help: str = "") -> Iterator[Gap]:
    """Which of some dotted fields of the system's record hold nothing, for one duty.

    Where a whole part of the record is not there, that is one gap.
    """
    demand = duty(id)
    if system.record is None or not system.binds(demand.subject):
        return
    spec = system.record.spec
    for field in dict.fromkeys(filter(None, (outermost_empty(spec, field) for field in fields))):
        known = _described(AISystem, field) if field in fields and field != demand.field else ""
        advice = help or f"write `{field}`: {known or demand.demand}"
        yield Gap(demand, system.record, tuple(field.split(".")), f"`{field}` is missing", advice)


def lacking(
    id: str, system: System, route: Route, entry: Model, fields: Iterable[str], whose: str
) -> Iterator[Gap]:
    """Which of some fields hold nothing in one entry of a list in the system's record."""
    for field in fields:
        if empty(getattr(entry, field)):
            help = f"write `{field}`: {_described(type(entry), field)}"
            yield wrong(id, system, (*route, field), f"`{field}` of {whose} is missing", help)


def wrong(
    id: str, system: System, place: Route | str, what: str, help: str, applies: date | None = None
) -> Gap:
    """A gap at a place in the system's record, which is there."""
    assert system.record is not None, "a gap in a record needs one"
    route = tuple(place.split(".")) if isinstance(place, str) else place
    return Gap(duty(id), system.record, route, what, help, applies)


def _described(kind: type[Model], field: str) -> str:
    """What a dotted field is about, in the words that editors show."""
    first, _, rest = field.partition(".")
    info = kind.model_fields[first]
    inner = [a for a in (info.annotation, *get_args(info.annotation)) if isinstance(a, type)]
    below = next((a for a in inner if issubclass(a, Model)), None)
    return _described(below, rest) if rest and below else info.description or ""


def grave(fleet: Fleet, rule: Rule, system: System, gap: Gap) -> Severity:
    """An error from some days before the duty applies, and always for agents of a high tier."""
    lead = timedelta(days=int(fleet.parameter(rule, "lead")))
    due = gap.day - fleet.today <= lead
    return Severity.ERROR if due or _risky(fleet, system) else Severity.WARNING


def _risky(fleet: Fleet, system: System) -> bool:
    tiers = {str(agent.spec.riskTier) for agent in system.members}
    return any(fleet.graph.get(RiskTier, tier).spec.level == "high" for tier in tiers)


def told(fleet: Fleet, rule: Rule, find: Find) -> Iterator[Diagnostic]:
    """The gaps of all systems as diagnostics of a rule.

    One place that says nothing is one diagnostic, whatever number of duties and systems ask for it.
    """
    found: dict[tuple[ResourceId, Route, str], list[tuple[System, Gap]]] = {}
    for system in fleet.systems:
        for gap in find(fleet, system):
            key = (gap.resource.id, gap.route, gap.what)
            found.setdefault(key, []).append((system, gap))
    for group in found.values():
        yield _told(fleet, rule, group)


def _told(fleet: Fleet, rule: Rule, group: Sequence[tuple[System, Gap]]) -> Diagnostic:
    """What is missing, by which articles, from which day."""
    system, first = group[0]
    duties = {gap.duty.id: gap.duty for _, gap in group}
    articles = "; ".join(dict.fromkeys(one.article for one in duties.values()))
    return rule.at(
        first.resource.key_at(*first.route) if first.route else first.resource.name_span,
        f"{first.what}: see {articles}",
        help="; ".join(dict.fromkeys(gap.help for _, gap in group)),
        related=[Label(system.project.name_span, _days(fleet, (gap for _, gap in group)))],
        severity=worst(grave(fleet, rule, system, gap) for system, gap in group),
    )


def _days(fleet: Fleet, gaps: Iterable[Gap]) -> str:
    """From which day each duty applies, as `applies from 2027-12-02: AIA-010, AIA-011`."""
    days: dict[date, dict[str, None]] = {}
    for gap in sorted(gaps, key=lambda gap: gap.day):
        days.setdefault(gap.day, {})[gap.duty.id] = None
    said = (
        f"{'since' if day <= fleet.today else 'from'} {day}: {', '.join(ids)}"
        for day, ids in days.items()
    )
    return "applies " + "; ".join(said)
