"""Untrusted text can make an agent change production, even if it sees no private data.
Willison on the Rule of Two, 2025-11-02: two of three are not safe by themselves.
"""

from __future__ import annotations

from collections.abc import Iterator

from compiler.check.grading import CHOICES, in_scope
from compiler.check.toxic_flows import PRIVATE, UNTRUSTED, WRITES, flows, report
from compiler.derive import Fleet
from compiler.diagnostic import Diagnostic, Rule, Severity

RULE = Rule(
    "untrusted-change",
    Severity.WARNING,
    "untrusted text and changes of state are in one agent's reach without a human",
    {"tier": "high", "environment": "prod"},
    CHOICES,
)


def check(fleet: Fleet) -> Iterator[Diagnostic]:
    """Every such agent in production (parameter `environment`).

    `rule-of-two` reports those that also read private data.
    """
    for flow in flows(fleet, RULE, UNTRUSTED, WRITES, unless=PRIVATE):
        if in_scope(fleet, RULE, flow.members[0][0]):
            does = "reads untrusted text and changes state, without a human"
            yield report(fleet, RULE, flow, does)
