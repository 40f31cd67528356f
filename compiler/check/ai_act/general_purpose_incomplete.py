"""Who provides a general-purpose model owes papers to those who build on it, and to the public (EU
AI Act, Art. 53(1)).
"""

from __future__ import annotations

from collections.abc import Iterator

from compiler.ai_act.law.duties import GENERAL_PURPOSE_MODEL
from compiler.ai_act.systems import RecordedSystem
from compiler.check.gaps import LEAD, Gap, absent, report
from compiler.derive import Fleet
from compiler.diagnostic import Diagnostic, Rule, Severity

RULE = Rule(
    "general-purpose-incomplete",
    Severity.ERROR,
    "a general-purpose model that we provide lacks a paper",
    LEAD,
)
DUTIES = (GENERAL_PURPOSE_MODEL,)


def check(fleet: Fleet) -> Iterator[Diagnostic]:
    """Every paper that the provider of a general-purpose model does not name."""
    yield from report(fleet, RULE, _gaps)


def _gaps(_: Fleet, system: RecordedSystem) -> Iterator[Gap]:
    yield from absent(GENERAL_PURPOSE_MODEL, system)
