"""What goes wrong in use must reach those who can fix it, and an authority in time (EU AI Act,
Art. 49, 72, 73).
"""

from __future__ import annotations

from collections.abc import Iterator

from compiler.ai_act.fields import value
from compiler.ai_act.law.duties import INCIDENT_REPORTING, POST_MARKET_MONITORING, REGISTRATION
from compiler.ai_act.systems import RecordedSystem
from compiler.check.gaps import LEAD, Gap, absent, report, wrong
from compiler.derive import Fleet
from compiler.diagnostic import Diagnostic, Rule, Severity

RULE = Rule(
    "post-market-incomplete",
    Severity.ERROR,
    "it is not recorded how a high-risk system is monitored in use",
    {**LEAD, "cadence": 90},
)
DUTIES = (POST_MARKET_MONITORING, INCIDENT_REPORTING, REGISTRATION)

_DEADLINES = {"days": 15, "daysWidespread": 2, "daysDeath": 10}
"""Art. 73(2)-(4): the days until a report, at most."""


def check(fleet: Fleet) -> Iterator[Diagnostic]:
    """Every system without a monitoring plan, an incident plan or a registration."""
    yield from report(fleet, RULE, _gaps)


def _gaps(fleet: Fleet, system: RecordedSystem) -> Iterator[Gap]:
    if not system.binds("high"):
        return
    yield from absent(POST_MARKET_MONITORING, system)
    yield from absent(INCIDENT_REPORTING, system)
    yield from _late(system)
    if system.binds("high-provider"):
        yield from _rare(fleet, system)
        yield from absent(REGISTRATION, system)
        yield from _register(system)


def _rare(fleet: Fleet, system: RecordedSystem) -> Iterator[Gap]:
    days, most = value(system.spec, "postMarket.cadenceDays"), int(fleet.parameter(RULE, "cadence"))
    if isinstance(days, int) and days > most:
        what = f"it is reviewed every {days} days, more than the {most} allowed"
        help = "review it more often"
        yield wrong(POST_MARKET_MONITORING, system, "postMarket.cadenceDays", what, help)


def _late(system: RecordedSystem) -> Iterator[Gap]:
    for field, most in _DEADLINES.items():
        days = value(system.spec.incident, field)
        if isinstance(days, int) and days > most:
            what = f"an incident is reported after {days} days, more than the {most} allowed"
            help = f"report within {most} days"
            yield wrong(INCIDENT_REPORTING, system, f"incident.{field}", what, help)


def _register(system: RecordedSystem) -> Iterator[Gap]:
    """Art. 49(5): critical infrastructure is registered with a member state, all else in the EU."""
    database = value(system.spec.registration, "database")
    right = "national" if set(system.points) == {"2"} else "eu"
    if database is not None and database != right and system.points:
        what = f"the register is `{database}`, and the points of Annex III ask for `{right}`"
        yield wrong(REGISTRATION, system, "registration.database", what, f"write `{right}`")
