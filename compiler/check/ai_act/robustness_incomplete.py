"""A system of high risk keeps to something safe when a part of it fails, and does not learn its own
mistakes (EU AI Act, Art. 15(4)).
"""

from __future__ import annotations

from collections.abc import Iterator

from compiler.ai_act.due import due
from compiler.ai_act.systems import System
from compiler.check.gaps import LEAD, Gap, absent, told
from compiler.derive import Fleet
from compiler.diagnostic import Diagnostic, Rule, Severity

RULE = Rule(
    "robustness-incomplete",
    Severity.ERROR,
    "a system of high risk does not say what happens when something fails",
    LEAD,
)
DUTIES = ("AIA-060", "AIA-061")

_FIELDS = ("fallback", "timeouts", "circuitBreaker")


def check(fleet: Fleet) -> Iterator[Diagnostic]:
    """Every system without a fall-back, time-outs, a cut-off, or a word on its feedback loop."""
    yield from told(fleet, RULE, _gaps)


def _gaps(fleet: Fleet, system: System) -> Iterator[Gap]:
    yield from absent("AIA-060", system, *(f"robustness.{field}" for field in _FIELDS))
    if due(fleet.graph, system, "AIA-061"):
        help = (
            "say what is done against learning from its own output: a member writes what it reads"
        )
        yield from absent("AIA-061", system, "robustness.feedbackLoop", help=help)
