"""An agent has at most two of: untrusted input, private data or sensitive systems, and changes of
state; with all three a human looks at each call. Meta, "Agents Rule of Two", 2025-10-31.
"""

from __future__ import annotations

from collections.abc import Iterator

from compiler.check.grading import CHOICES, GRADED
from compiler.check.toxic_flows import PRIVATE, SINK, UNTRUSTED, WRITES, flows, report
from compiler.derive import Fleet
from compiler.diagnostic import Diagnostic, Rule, Severity

RULE = Rule(
    "rule-of-two",
    Severity.ERROR,
    "untrusted text, private data and changes of state are in one agent's reach without a human",
    GRADED,
    CHOICES,
)


def check(fleet: Fleet) -> Iterator[Diagnostic]:
    """Every agent in which the three meet; with a way out it is a `lethal-trifecta`."""
    for flow in flows(fleet, RULE, UNTRUSTED, PRIVATE, WRITES, unless=SINK):
        does = "reads untrusted text and private data, and changes state, without a human"
        yield report(fleet, RULE, flow, does)
