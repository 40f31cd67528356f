"""Duties of the EU AI Act that a record does not answer, and how grave that is on a day."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from typing import NamedTuple

from compiler.derive.fleet import Fleet
from compiler.derive.systems import System
from compiler.diagnostic import Diagnostic, Label, Rule, Severity
from compiler.graph import Resource
from compiler.law import Duty, duty
from compiler.model import RiskTier, Spec
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


def absent(id: str, system: System, *fields: str, help: str = "") -> Iterator[Gap]:
    """Which of some dotted fields of the system's record hold nothing, for one duty."""
    demand = duty(id)
    if system.record is None or not system.binds(demand.subject):
        return
    for field in fields:
        if empty(value(system.record.spec, field)):
            route = tuple(field.split("."))
            what = f"`{field}` is missing"
            yield Gap(demand, system.record, route, what, help or f"say {demand.demand}")


def value(spec: object, field: str) -> object:
    """What stands at a dotted field, or None where something on the way is not there."""
    for part in field.split("."):
        spec = getattr(spec, part, None)
    return spec


def empty(found: object) -> bool:
    """Whether nothing is said: no value, no text, no entries."""
    return found is None or found == "" or found == () or found == {}


def grave(fleet: Fleet, rule: Rule, system: System, gap: Gap) -> Severity:
    """An error from some days before the duty applies, and always for agents of a high tier."""
    lead = timedelta(days=int(fleet.parameter(rule, "lead")))
    due = fleet.today + lead >= (gap.applies or gap.duty.applies)
    return Severity.ERROR if due or _risky(fleet, system) else Severity.WARNING


def _risky(fleet: Fleet, system: System) -> bool:
    tiers = {str(agent.spec.riskTier) for agent in system.members}
    return any(fleet.graph.get(RiskTier, tier).spec.level == "high" for tier in tiers)


def told(fleet: Fleet, rule: Rule, system: System, gaps: Iterable[Gap]) -> Iterator[Diagnostic]:
    """The gaps as diagnostics of a rule: what is missing, by which article, from which day."""
    for gap in gaps:
        day = gap.applies or gap.duty.applies
        route = gap.route
        span = gap.resource.key_at(*route) if route else gap.resource.name_span
        verb = "applies since" if day <= fleet.today else "applies from"
        source = Label(system.project.name_span, f"{verb} {day}: {gap.duty.id}")
        yield rule.at(
            span,
            f"{gap.what}, which {gap.duty.article} asks for",
            help=gap.help,
            related=[source],
            severity=grave(fleet, rule, system, gap),
        )
