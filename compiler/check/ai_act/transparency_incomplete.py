"""People must be told that they deal with a machine, and what it made (EU AI Act, Art. 50)."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.ai_act.due import due
from compiler.ai_act.law import MARKING_OF_OLD_SYSTEMS, duty
from compiler.ai_act.systems import System
from compiler.check.gaps import LEAD, Gap, absent, told, wrong
from compiler.derive import Fleet
from compiler.diagnostic import Diagnostic, Rule, Severity

RULE = Rule(
    "transparency-incomplete",
    Severity.ERROR,
    "people are not told that they deal with an AI system, or what it made",
    LEAD,
)
DUTIES = ("AIA-090", "AIA-091", "AIA-092", "AIA-093")


def check(fleet: Fleet) -> Iterator[Diagnostic]:
    """Every notice, mark and disclosure that is due and missing."""
    yield from told(fleet, RULE, _gaps)


def _gaps(fleet: Fleet, system: System) -> Iterator[Gap]:
    if system.record is None:
        return
    if (
        due(fleet.graph, system, "AIA-090")
        and not system.record.spec.transparency.interaction.obvious
    ):
        yield from _notice(system)
    if due(fleet.graph, system, "AIA-091"):
        yield from _marking(system)
    if due(fleet.graph, system, "AIA-092"):
        yield from absent("AIA-092", system, "transparency.emotionOrBiometric")
    if due(fleet.graph, system, "AIA-093") and not system.record.spec.transparency.editor:
        help = "say how it is disclosed, or name in `editor` who reviews it and answers for it"
        yield from absent("AIA-093", system, "transparency.disclosure", help=help)


def _notice(system: System) -> Iterator[Gap]:
    assert system.record is not None
    place = "transparency.interaction.notice"
    yield from absent("AIA-090", system, place, "transparency.interaction.surface")
    words = system.record.spec.transparency.interaction.notice
    silent = [one for one in system.project.spec.notices.locales if one not in words]
    if words and silent:
        several = ", ".join(f"`{locale}`" for locale in silent)
        what = f"there is no notice in {several}, a language of the project"
        yield wrong("AIA-090", system, place, what, "write it, or take the language off `locales`")


def _marking(system: System) -> Iterator[Gap]:
    """Art. 111(4): what was put into service before Art. 50 applied has more time."""
    assert system.record is not None
    released = system.record.spec.released
    old = released is not None and released < duty("AIA-091").applies
    for gap in absent("AIA-091", system, "transparency.marking"):
        yield gap._replace(applies=MARKING_OF_OLD_SYSTEMS if old else None)
