"""People must be informed that they deal with an AI system, and of what it generated (EU AI Act,
Art. 50).
"""

from __future__ import annotations

from collections.abc import Iterator

from compiler.ai_act.applicability import applies
from compiler.ai_act.law import MARKING_OF_OLD_SYSTEMS
from compiler.ai_act.law.duties import (
    CONTENT_MARKED,
    EMOTION_OR_BIOMETRIC_NOTICE,
    INTERACTION_NOTICE,
    PUBLIC_TEXT_DISCLOSED,
)
from compiler.ai_act.systems import RecordedSystem
from compiler.check.gaps import LEAD, Gap, absent, report, wrong
from compiler.derive import Fleet
from compiler.diagnostic import Diagnostic, Rule, Severity

RULE = Rule(
    "transparency-incomplete",
    Severity.ERROR,
    "people are not informed that they deal with an AI system, or of what it generated",
    LEAD,
)
DUTIES = (INTERACTION_NOTICE, CONTENT_MARKED, EMOTION_OR_BIOMETRIC_NOTICE, PUBLIC_TEXT_DISCLOSED)


def check(fleet: Fleet) -> Iterator[Diagnostic]:
    """Every notice, mark and disclosure that is due and missing."""
    yield from report(fleet, RULE, _gaps)


def _gaps(fleet: Fleet, system: RecordedSystem) -> Iterator[Gap]:
    obvious = system.spec.transparency.interaction.obvious
    if applies(fleet.graph, system, INTERACTION_NOTICE) and not obvious:
        yield from _notice(system)
    if applies(fleet.graph, system, CONTENT_MARKED):
        yield from _marking(system)
    if applies(fleet.graph, system, EMOTION_OR_BIOMETRIC_NOTICE):
        yield from absent(EMOTION_OR_BIOMETRIC_NOTICE, system)
    if applies(fleet.graph, system, PUBLIC_TEXT_DISCLOSED) and not system.spec.transparency.editor:
        help = "say how it is disclosed, or name in `editor` who reviews it and answers for it"
        yield from absent(PUBLIC_TEXT_DISCLOSED, system, "transparency.disclosure", help=help)


def _notice(system: RecordedSystem) -> Iterator[Gap]:
    yield from absent(INTERACTION_NOTICE, system)
    notices = system.spec.transparency.interaction.notice
    locales = system.project.spec.notices.locales
    missing = ", ".join(f"`{locale}`" for locale in locales if locale not in notices)
    if notices and missing:
        place = "transparency.interaction.notice"
        what = f"there is no notice in {missing}, a language of the project"
        help = "write it, or remove the language from `locales`"
        yield wrong(INTERACTION_NOTICE, system, place, what, help)


def _marking(system: RecordedSystem) -> Iterator[Gap]:
    """Art. 111(4): what was put into service before Art. 50 applied has more time."""
    released = system.spec.released
    old = released is not None and released < CONTENT_MARKED.applies
    for gap in absent(CONTENT_MARKED, system):
        yield gap._replace(applies=MARKING_OF_OLD_SYSTEMS if old else None)
