"""People who work with an AI system must know what it can and cannot do (EU AI Act, Art. 4)."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.ai_act.law.duties import AI_LITERACY
from compiler.ai_act.systems import RecordedSystem
from compiler.check.gaps import LEAD, Gap, absent, report
from compiler.derive import Fleet
from compiler.diagnostic import Diagnostic, Rule, Severity

RULE = Rule("literacy-missing", Severity.ERROR, "no measure of AI literacy is recorded", LEAD)
DUTIES = (AI_LITERACY,)


def check(fleet: Fleet) -> Iterator[Diagnostic]:
    """Every system whose record names no measure of AI literacy."""
    yield from report(fleet, RULE, _gaps)


def _gaps(_: Fleet, system: RecordedSystem) -> Iterator[Gap]:
    yield from absent(AI_LITERACY, system)
