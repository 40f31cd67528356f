"""Code that a model writes after it read untrusted text is untrusted. OWASP ASI05, MCP05."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.check.grading import CHOICES, GRADED
from compiler.check.toxic_flows import EXECUTES, UNTRUSTED, flows, report
from compiler.derive import Fleet
from compiler.diagnostic import Diagnostic, Rule, Severity

RULE = Rule(
    "code-execution",
    Severity.ERROR,
    "untrusted text and the execution of code are in one agent's reach without a human",
    GRADED,
    CHOICES,
)


def check(fleet: Fleet) -> Iterator[Diagnostic]:
    """Every agent, or circle of agents, in which the two meet."""
    for flow in flows(fleet, RULE, UNTRUSTED, EXECUTES):
        does = "reads untrusted text and runs code that the model writes, without a human"
        yield report(fleet, RULE, flow, does)
