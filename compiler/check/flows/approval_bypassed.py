"""An approval that an agent's tier demands is bypassed if a member of a lower tier makes the call
for it. OWASP LLM06 (excessive autonomy), ASI09.
"""

from __future__ import annotations

from collections.abc import Iterator

from compiler.check.grading import CHOICES, GRADED, grade
from compiler.check.places import hand_over, member_place
from compiler.derive import Fleet
from compiler.derive.reach import Member, Reached, reached
from compiler.diagnostic import Diagnostic, Label, Rule, Severity
from compiler.model import Agent, RiskTier

RULE = Rule(
    "approval-bypassed",
    Severity.ERROR,
    "a call that an agent's tier puts under approval is made for it without one",
    GRADED,
    CHOICES,
)


def check(fleet: Fleet) -> Iterator[Diagnostic]:
    """Every agent for which a member without such a tier makes the call, by the nearest way.

    `approval-missing` reports what the agent may do itself.
    """
    for member in fleet.reach.members:
        demanded = _demanded(fleet, member[1])
        if fleet.reach.autonomous[member] & ~fleet.reach.own[member] & demanded:
            yield from _member(fleet, member)


def _demanded(fleet: Fleet, agent: str) -> int:
    """The grants on tools that the agent's tier puts under approval."""
    tier = fleet.graph.get(RiskTier, fleet.graph.get(Agent, agent).spec.riskTier).spec
    bits = fleet.reach.having["destructive"] if tier.approveDestructive else 0
    return bits | (fleet.reach.having["writes"] if tier.approveWrites else 0)


def _member(fleet: Fleet, member: Member) -> Iterator[Diagnostic]:
    numbers = {grant.call: index for index, grant in enumerate(fleet.grants)}
    demanded = _demanded(fleet, member[1])
    bypasses = [
        reach
        for reach in reached(fleet, member)
        if reach.path
        and reach.approval == "none"
        and demanded >> numbers[reach.grant.call] & 1
        and not any(_demanded(fleet, a) >> numbers[reach.grant.call] & 1 for a in reach.via)
    ]
    if bypasses:
        nearest = min(bypasses, key=lambda reach: len(reach.path))
        yield _report(fleet, nearest, len(bypasses))


def _report(fleet: Fleet, reach: Reached, count: int) -> Diagnostic:
    call, (project, agent) = reach.grant.call, reach.member
    tier = fleet.graph.get(RiskTier, fleet.graph.get(Agent, agent).spec.riskTier)
    more = f", and {count - 1} more like it," if count > 1 else ""
    return RULE.at(
        member_place(fleet, reach.member),
        f"`{call.server}/{call.tool}` of `{call.agent}`{more} is called for agent `{agent}`"
        " without approval",
        help=f"set `approval: {{{call.tool}: human}}` on the grant of `{call.agent}`",
        related=[Label(tier.name_span, f"its tier `{tier.name}` puts such calls under approval")],
        evidence=[
            *map(hand_over, reach.path),
            Label(fleet.place(reach.grant), "granted here without approval"),
        ],
        severity=grade(fleet, RULE, project, [agent]),
    )
