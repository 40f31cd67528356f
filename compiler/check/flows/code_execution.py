"""Code that a model writes after it has read strangers' text is the strangers' code. OWASP ASI05,
MCP05.
"""

from __future__ import annotations

from collections.abc import Iterator

from compiler.check.grading import CHOICES, GRADED
from compiler.check.toxic_flows import EXECUTES, UNTRUSTED, flows, report
from compiler.derive import Fleet
from compiler.diagnostic import Diagnostic, Rule, Severity

RULE = Rule(
    "code-execution",
    Severity.ERROR,
    "strangers' text and the execution of code are in one agent's reach without a human",
    GRADED,
    CHOICES,
)


def check(fleet: Fleet) -> Iterator[Diagnostic]:
    """Every place where the two meet."""
    for flow in flows(fleet, RULE, UNTRUSTED, EXECUTES):
        does = "reads strangers' text and runs code that the model writes, without a human"
        yield report(fleet, RULE, flow, does)
