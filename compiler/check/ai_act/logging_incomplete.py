"""Only a complete log that is kept long enough shows what a high-risk system did (EU AI Act, Art.
12, 19, 26(6)).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import get_args

from compiler.ai_act.applicability import applies
from compiler.ai_act.law.duties import BIOMETRIC_LOGS, EVENTS_LOGGED, LOGS_KEPT
from compiler.ai_act.systems import RecordedSystem
from compiler.check.gaps import LEAD, Gap, absent, report, wrong
from compiler.derive import Fleet
from compiler.derive.retention import audited, kept_days
from compiler.diagnostic import Diagnostic, Rule, Severity
from compiler.model.audit import Event

RULE = Rule(
    "logging-incomplete",
    Severity.ERROR,
    "a high-risk system does not log what it must, or not for long enough",
    {**LEAD, "days": 184},
)
DUTIES = (EVENTS_LOGGED, LOGS_KEPT, BIOMETRIC_LOGS)

_EVENTS: tuple[str, ...] = get_args(Event)


def check(fleet: Fleet) -> Iterator[Diagnostic]:
    """Every system whose log is not described, lacks events or is deleted too early."""
    yield from report(fleet, RULE, _gaps)


def _gaps(fleet: Fleet, system: RecordedSystem) -> Iterator[Gap]:
    if not system.binds("high"):
        return
    help = f"write {', '.join(_EVENTS)}"
    yield from absent(EVENTS_LOGGED, system, "logging.events", help=help)
    yield from absent(EVENTS_LOGGED, system, "logging.store")
    yield from absent(LOGS_KEPT, system)
    yield from _events(system)
    yield from _retention(fleet, system)
    if applies(fleet.graph, system, BIOMETRIC_LOGS):
        yield from absent(BIOMETRIC_LOGS, system)


def _events(system: RecordedSystem) -> Iterator[Gap]:
    logged = system.spec.logging.events if system.spec.logging else ()
    missing = [event for event in _EVENTS if event not in logged]
    if logged and missing:
        kinds = ", ".join(f"`{event}`" for event in missing)
        what = f"events of the kind {kinds} are not logged"
        yield wrong(EVENTS_LOGGED, system, "logging.events", what, "add them to `logging.events`")


def _retention(fleet: Fleet, system: RecordedSystem) -> Iterator[Gap]:
    """The declared time is long enough, and the store keeps logs for that time."""
    logging, least = system.spec.logging, int(fleet.parameter(RULE, "days"))
    if logging is None or logging.retentionDays is None:
        return
    days, place = logging.retentionDays, "logging.retentionDays"
    if days < least:
        what = f"logs are kept for {days} days, fewer than the {least} required"
        yield wrong(LOGS_KEPT, system, place, what, f"keep them for {least} days or more")
    kept = kept_days(fleet, system.project.name, logging.store) if logging.store else days
    if kept == 0:
        what = f"nothing that is deployed from here keeps logs in the store `{logging.store}`"
        help = "deploy it with the platform's components, or name the other store"
        yield wrong(EVENTS_LOGGED, system, "logging.store", what, help)
    elif logging.store == "audit" and (lost := _lost(fleet, system)):
        kinds = ", ".join(f"`{event}`" for event in lost)
        what = f"the audit store takes no events of the kind {kinds} of these agents"
        help = "add them to the platform's `audit.events` for the level of their tier"
        yield wrong(EVENTS_LOGGED, system, "logging.store", what, help)
    elif kept < days:
        what = f"the store `{logging.store}` keeps logs for {kept} days, and not for {days}"
        help = "have the store keep them longer, or name the other store"
        yield wrong(LOGS_KEPT, system, place, what, help)


def _lost(fleet: Fleet, system: RecordedSystem) -> list[str]:
    """The kinds of events that do not reach the audit store from some agent of the system."""
    own = (s for s in fleet.streams if s.project.name == system.project.name)
    reaching = [audited(fleet, stream) for stream in own]
    return [event for event in _EVENTS if any(event not in events for events in reaching)]
