"""An agent that reads private data and untrusted text, and can send data out, can be made to leak
the data by that text. Willison, "The lethal trifecta", 2025-06-16; OWASP MCP06 and MCP10.
"""

from __future__ import annotations

from collections.abc import Iterator

from compiler.check.grading import CHOICES, GRADED
from compiler.check.toxic_flows import PRIVATE, SINK, UNTRUSTED, flows, report
from compiler.derive import Fleet
from compiler.diagnostic import Diagnostic, Rule, Severity

RULE = Rule(
    "lethal-trifecta",
    Severity.ERROR,
    "untrusted text, private data and a way out are in one agent's reach, with no human between",
    GRADED,
    CHOICES,
)


def check(fleet: Fleet) -> Iterator[Diagnostic]:
    """Every agent, or circle of agents, in which the three meet."""
    for flow in flows(fleet, RULE, UNTRUSTED, PRIVATE, SINK):
        does = "reads untrusted text and private data, and can send data out, without a human"
        yield report(fleet, RULE, flow, does)
