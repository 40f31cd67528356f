"""A tier that puts calls under approval is bypassed where a member of a lower tier makes them for
its agents. OWASP LLM06 (excessive autonomy), ASI09.
"""

from __future__ import annotations

from collections.abc import Iterator

from compiler.check.flows.findings import GRADED, WORDS, grade, member_place
from compiler.derive import Fleet
from compiler.derive.reach import Member, Reached, reached
from compiler.diagnostic import Diagnostic, Label, Rule, Severity
from compiler.model import Agent, RiskTier

RULE = Rule(
    "approval-bypassed",
    Severity.ERROR,
    "what an agent's tier puts under approval is done for it without",
    GRADED,
    WORDS,
)


def check(fleet: Fleet) -> Iterator[Diagnostic]:
    """Every agent for which a member without such a tier makes the call; the nearest way is told.

    What the agent may do itself is a matter of approval-missing.
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
    found = [
        one
        for one in reached(fleet, member)
        if one.path
        and one.approval == "none"
        and demanded >> numbers[one.grant.call] & 1
        and not any(_demanded(fleet, a) >> numbers[one.grant.call] & 1 for a in one.via)
    ]
    if found:
        yield _told(fleet, member, min(found, key=lambda one: len(one.path)), len(found))


def _told(fleet: Fleet, member: Member, one: Reached, count: int) -> Diagnostic:
    call = one.grant.call
    tier = fleet.graph.get(RiskTier, fleet.graph.get(Agent, member[1]).spec.riskTier)
    hands = [
        Label(edge.place, f"`{edge.source[1]}` hands work to `{edge.target[1]}`")
        for edge in one.path
    ]
    more = f", and {count - 1} more like it," if count > 1 else ""
    return RULE.at(
        member_place(fleet, member),
        f"`{call.server}/{call.tool}` of `{call.agent}`{more} is called for agent `{member[1]}`"
        " without approval",
        help=f"set `approval: {{{call.tool}: human}}` on the grant of `{call.agent}`",
        related=[Label(tier.name_span, f"its tier `{tier.name}` puts such calls under approval")],
        evidence=[*hands, Label(fleet.place(one.grant), "granted here without approval")],
        severity=grade(fleet, RULE, member[0], [member[1]]),
    )
