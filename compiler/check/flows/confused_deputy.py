"""An agent of a low tier that hands work to one of a higher tier can be talked into misusing it.
OWASP ASI03; CoSAI, confused deputy prevention.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from compiler.check.grading import CHOICES, GRADED, LEVELS, grade, level
from compiler.check.places import hand_over, member_place, tool_place
from compiler.derive import Fleet
from compiler.derive.reach import Member, Reached, reached
from compiler.diagnostic import Diagnostic, Label, Rule, Severity
from compiler.model import Agent, MCPServer, RiskTier
from compiler.model.base import DATA_CLASSES

RULE = Rule(
    "confused-deputy",
    Severity.ERROR,
    "an agent reaches a tool that its risk tier is too low for",
    GRADED,
    CHOICES,
)


class Minimum(NamedTuple):
    """The lowest level that may reach a tool, and why."""

    level: int  # an index of LEVELS
    explicit: bool  # the tool itself sets it; otherwise it follows from the server's data
    reason: str


def check(fleet: Fleet) -> Iterator[Diagnostic]:
    """Yield every agent that reaches such tools, once for each server.

    `data-above-tier` reports what an agent is granted itself on data above its tier. What an agent
    gets through one whose tier is no higher is reported at that one.
    """
    minimums = _minimums(fleet)
    above = dict.fromkeys(range(len(LEVELS)), 0)
    for index, grant in enumerate(fleet.grants):
        for lower in range(minimums[grant.call[2:]].level):
            above[lower] |= 1 << index
    for member in fleet.reach.members:
        if fleet.reach.everything[member] & above[level(fleet, member[1])]:
            yield from _member(fleet, member, minimums)


def _minimums(fleet: Fleet) -> Mapping[tuple[str, str], Minimum]:
    tiers = [tier.spec for tier in fleet.graph.all(RiskTier)]
    minimums = {}
    for server in fleet.graph.all(MCPServer):
        data = DATA_CLASSES.index(server.spec.dataClass)
        fit = [LEVELS.index(t.level) for t in tiers if DATA_CLASSES.index(t.dataClass) >= data]
        by_data = Minimum(min(fit, default=2), False, f"its data is {server.spec.dataClass}")
        for tool in server.spec.tools:
            tier = tool.minimumTier
            minimums[server.name, tool.name] = (
                Minimum(LEVELS.index(tier), True, "the tool itself asks for it")
                if tier is not None
                else by_data
            )
    return minimums


def _member(
    fleet: Fleet, member: Member, minimums: Mapping[tuple[str, str], Minimum]
) -> Iterator[Diagnostic]:
    own, reported = level(fleet, member[1]), set()
    for reach in sorted(reached(fleet, member), key=lambda reach: reach.approval != "none"):
        server, minimum = reach.grant.call.server, minimums[reach.grant.call[2:]]
        elsewhere = any(level(fleet, agent) <= own for agent in reach.via)
        direct = not reach.path and not minimum.explicit
        if minimum.level > own and not elsewhere and not direct and server not in reported:
            reported.add(server)
            yield _report(fleet, reach, minimum)


def _report(fleet: Fleet, reach: Reached, minimum: Minimum) -> Diagnostic:
    project, agent = reach.member
    call, tier = reach.grant.call, LEVELS[minimum.level]
    over = f" over {' and '.join(f'`{name}`' for name in reach.via)}" if reach.via else ""
    server = fleet.graph.get(MCPServer, call.server)
    return RULE.at(
        member_place(fleet, reach.member),
        f"agent `{agent}` reaches `{call.server}/{call.tool}`{over}, a tool for tier {tier}",
        help="hand over less, grant less, or raise the agent's risk tier",
        related=[Label(fleet.graph.get(Agent, agent).at("riskTier"), "its own tier")],
        evidence=[
            *map(hand_over, reach.path),
            Label(fleet.place(reach.grant), f"`{call.agent}` may call it"),
            Label(tool_place(server, call.tool), f"for tier {tier}, as {minimum.reason}"),
        ],
        severity=grade(fleet, RULE, project, (agent, *reach.via), minimum.level),
    )
