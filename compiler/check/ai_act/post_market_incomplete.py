"""What goes wrong in use must reach those who can mend it, and an authority in time (EU AI Act,
Art. 49, 72, 73).
"""

from __future__ import annotations

from collections.abc import Iterator

from compiler.ai_act.fields import value
from compiler.ai_act.systems import System
from compiler.check.gaps import LEAD, Gap, absent, told, wrong
from compiler.derive import Fleet
from compiler.diagnostic import Diagnostic, Rule, Severity

RULE = Rule(
    "post-market-incomplete",
    Severity.ERROR,
    "nothing says how a system of high risk is watched in use",
    {**LEAD, "cadence": 90},
)
DUTIES = ("AIA-070", "AIA-071", "AIA-072")

_WATCHED = ("sources", "cadenceDays", "triggers", "owner", "interactions")
_INCIDENT = ("contact", "authority", "suspension", "days", "daysWidespread", "daysDeath")
_ENTRY = ("database", "status", "memberStates")
_DEADLINES = {"days": 15, "daysWidespread": 2, "daysDeath": 10}
"""Art. 73(2)-(4): the days until a report, at most."""


def check(fleet: Fleet) -> Iterator[Diagnostic]:
    """Every system that is not watched, whose incidents are told late, or that no register has."""
    yield from told(fleet, RULE, _gaps)


def _gaps(fleet: Fleet, system: System) -> Iterator[Gap]:
    if system.record is None or not system.binds("high"):
        return
    yield from absent("AIA-070", system, *(f"postMarket.{field}" for field in _WATCHED))
    yield from absent("AIA-071", system, *(f"incident.{field}" for field in _INCIDENT))
    yield from _late(system)
    if system.binds("high-provider"):
        yield from _rare(fleet, system)
        yield from absent("AIA-072", system, *(f"registration.{field}" for field in _ENTRY))
        yield from _register(system)


def _rare(fleet: Fleet, system: System) -> Iterator[Gap]:
    assert system.record is not None
    given, most = system.record.spec.postMarket, int(fleet.parameter(RULE, "cadence"))
    if given and given.cadenceDays and given.cadenceDays > most:
        what = f"it is reviewed every {given.cadenceDays} days, and {most} are the most"
        yield wrong("AIA-070", system, "postMarket.cadenceDays", what, "review it more often")


def _late(system: System) -> Iterator[Gap]:
    assert system.record is not None
    for field, most in _DEADLINES.items():
        days = value(system.record.spec.incident, field)
        if isinstance(days, int) and days > most:
            what = f"an incident is reported after {days} days, and {most} are the most"
            yield wrong("AIA-071", system, f"incident.{field}", what, f"report within {most} days")


def _register(system: System) -> Iterator[Gap]:
    """Art. 49(5): critical infrastructure is registered with a member state, all else in the EU."""
    assert system.record is not None
    found = value(system.record.spec.registration, "database")
    right = "national" if set(system.points) == {"2"} else "eu"
    if found is not None and found != right and system.points:
        what = f"the register is `{found}`, and the points of Annex III ask for `{right}`"
        yield wrong("AIA-072", system, "registration.database", what, f"write `{right}`")
