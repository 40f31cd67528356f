"""A high-risk system keeps to something safe when a part of it fails, and does not learn its own
mistakes (EU AI Act, Art. 15(4)).
"""

from __future__ import annotations

from collections.abc import Iterator

from compiler.ai_act.applicability import applies
from compiler.ai_act.law.duties import FAIL_SAFE, FEEDBACK_LOOPS
from compiler.ai_act.systems import RecordedSystem
from compiler.check.gaps import LEAD, Gap, absent, report
from compiler.derive import Fleet
from compiler.diagnostic import Diagnostic, Rule, Severity

RULE = Rule(
    "robustness-incomplete",
    Severity.ERROR,
    "a high-risk system does not say what happens when something fails",
    LEAD,
)
DUTIES = (FAIL_SAFE, FEEDBACK_LOOPS)


def check(fleet: Fleet) -> Iterator[Diagnostic]:
    """Every system without a fall-back, time-outs, a cut-off, or a word on its feedback loop."""
    yield from report(fleet, RULE, _gaps)


def _gaps(fleet: Fleet, system: RecordedSystem) -> Iterator[Gap]:
    yield from absent(FAIL_SAFE, system)
    if applies(fleet.graph, system, FEEDBACK_LOOPS):
        help = (
            "say what is done against learning from its own output: a member writes what it reads"
        )
        yield from absent(FEEDBACK_LOOPS, system, help=help)
