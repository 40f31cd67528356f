"""An agent of a low tier that hands work to one of a higher tier can be talked into misusing it.
OWASP ASI03; CoSAI, confused deputy prevention.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from compiler.check.flows.findings import GRADED, LEVELS, WORDS, grade, member_place, tool_place
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
    WORDS,
)


def check(fleet: Fleet) -> Iterator[Diagnostic]:
    """Every agent that reaches such tools, told once for each server.

    What it is granted itself on data above its tier is a matter of data-above-tier; and what it
    gets through one whose tier is no higher is told there.
    """
    least = _minimum(fleet)
    graver = dict.fromkeys(range(len(LEVELS)), 0)
    for index, grant in enumerate(fleet.grants):
        for level in range(least[grant.call[2:]][0]):
            graver[level] |= 1 << index
    for member in fleet.reach.members:
        if fleet.reach.everything[member] & graver[_level(fleet, member[1])]:
            yield from _member(fleet, member, least)


def _level(fleet: Fleet, agent: str) -> int:
    tier = fleet.graph.get(Agent, agent).spec.riskTier
    return LEVELS.index(fleet.graph.get(RiskTier, tier).spec.level)


def _minimum(fleet: Fleet) -> Mapping[tuple[str, str], tuple[int, bool]]:
    """For each tool the lowest level that may reach it, and whether the tool itself says so."""
    tiers = [tier.spec for tier in fleet.graph.all(RiskTier)]
    found = {}
    for server in fleet.graph.all(MCPServer):
        data = DATA_CLASSES.index(server.spec.dataClass)
        fit = [LEVELS.index(t.level) for t in tiers if DATA_CLASSES.index(t.dataClass) >= data]
        for tool in server.spec.tools:
            said = tool.minimumTier is not None
            level = LEVELS.index(tool.minimumTier or LEVELS[min(fit, default=2)])
            found[server.name, tool.name] = (level, said)
    return found


def _member(
    fleet: Fleet, member: Member, least: Mapping[tuple[str, str], tuple[int, bool]]
) -> Iterator[Diagnostic]:
    own, seen = _level(fleet, member[1]), set()
    for one in sorted(reached(fleet, member), key=lambda one: one.approval != "none"):
        server, (level, said) = one.grant.call.server, least[one.grant.call[2:]]
        told_there = any(_level(fleet, agent) <= own for agent in one.via)
        direct = not one.path and not said
        if level > own and not told_there and not direct and server not in seen:
            seen.add(server)
            yield _told(fleet, one, level)


def _told(fleet: Fleet, one: Reached, least: int) -> Diagnostic:
    project, agent = one.member
    level = LEVELS[least]
    call = one.grant.call
    over = f" over {' and '.join(f'`{name}`' for name in one.via)}" if one.via else ""
    where = member_place(fleet, one.member)
    hands = [
        Label(edge.place, f"`{edge.source[1]}` hands work to `{edge.target[1]}`")
        for edge in one.path
    ]
    server = fleet.graph.get(MCPServer, call.server)
    said = next(t.minimumTier for t in server.spec.tools if t.name == call.tool)
    why = "the tool itself asks for it" if said else f"its data is {server.spec.dataClass}"
    return RULE.at(
        where,
        f"agent `{agent}` reaches `{call.server}/{call.tool}`{over}, a tool for tier {level}",
        help="hand over less, grant less, or raise the agent's risk tier",
        related=[Label(fleet.graph.get(Agent, agent).at("riskTier"), "its own tier")],
        evidence=[
            *hands,
            Label(fleet.place(one.grant), f"`{call.agent}` may call it"),
            Label(tool_place(server, call.tool), f"for tier {level}, as {why}"),
        ],
        severity=grade(fleet, RULE, project, (agent, *one.via), least),
    )
