"""Without a log that is complete and lasts, nobody can find out what a system of high risk did (EU
AI Act, Art. 12, 19, 26(6)).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import get_args

from compiler.ai_act.due import due
from compiler.ai_act.systems import System
from compiler.check.gaps import LEAD, Gap, absent, told, wrong
from compiler.derive import Fleet
from compiler.derive.retention import audited, kept_days, streams
from compiler.diagnostic import Diagnostic, Rule, Severity
from compiler.model.audit import Event

RULE = Rule(
    "logging-incomplete",
    Severity.ERROR,
    "a system of high risk does not log what it must, or not for long enough",
    {**LEAD, "days": 184},
)
DUTIES = ("AIA-030", "AIA-031", "AIA-032")

_EVENTS: tuple[str, ...] = get_args(Event)
_BIOMETRIC = ("period", "database", "match", "verifiers")


def check(fleet: Fleet) -> Iterator[Diagnostic]:
    """Every system whose log is not described, lacks events or is deleted too early."""
    yield from told(fleet, RULE, _gaps)


def _gaps(fleet: Fleet, system: System) -> Iterator[Gap]:
    if system.record is None or not system.binds("high"):
        return
    help = f"write {', '.join(_EVENTS)}"
    yield from absent("AIA-030", system, "logging.events", help=help)
    yield from absent("AIA-030", system, "logging.store")
    yield from absent("AIA-031", system, "logging.retentionDays")
    yield from _events(system)
    yield from _retention(fleet, system)
    if due(fleet.graph, system, "AIA-032"):
        yield from absent("AIA-032", system, *(f"logging.biometric.{f}" for f in _BIOMETRIC))


def _events(system: System) -> Iterator[Gap]:
    assert system.record is not None
    given = system.record.spec.logging
    missing = [event for event in _EVENTS if given and event not in given.events]
    if given and given.events and missing:
        several = ", ".join(f"`{event}`" for event in missing)
        what = f"events of the kind {several} are not logged"
        yield wrong("AIA-030", system, "logging.events", what, "add them to `logging.events`")


def _retention(fleet: Fleet, system: System) -> Iterator[Gap]:
    """What is declared is long enough, and the store keeps it so long."""
    assert system.record is not None
    given, least = system.record.spec.logging, int(fleet.parameter(RULE, "days"))
    if given is None or given.retentionDays is None:
        return
    days, place = given.retentionDays, "logging.retentionDays"
    if days < least:
        what = f"logs are kept for {days} days, and {least} are the least"
        yield wrong("AIA-031", system, place, what, f"keep them for {least} days or more")
    kept = kept_days(fleet, system.project.name, given.store) if given.store else days
    if kept == 0:
        what = f"nothing that is deployed from here keeps logs in the store `{given.store}`"
        help = "deploy it with the platform's components, or name the other store"
        yield wrong("AIA-030", system, "logging.store", what, help)
    elif given.store == "audit" and (lost := _lost(fleet, system)):
        several = ", ".join(f"`{event}`" for event in lost)
        what = f"the audit store takes no events of the kind {several} of these agents"
        help = "add them to the platform's `audit.events` for the level of their tier"
        yield wrong("AIA-030", system, "logging.store", what, help)
    elif kept < days:
        what = f"the store `{given.store}` keeps logs for {kept} days, and not for {days}"
        help = "have the store keep them longer, or name the other store"
        yield wrong("AIA-031", system, place, what, help)


def _lost(fleet: Fleet, system: System) -> list[str]:
    """The kinds of events that do not reach the audit store from some agent of the system."""
    own = (s for s in streams(fleet.graph) if s.project.name == system.project.name)
    reaching = [audited(fleet, stream) for stream in own]
    return [event for event in _EVENTS if any(event not in events for events in reaching)]
