"""Toxic flows: what the tools in one agent's reach can do together that none does alone.

A flow is reported at the agent that causes it, not at agents that only delegate to it.
Sources: Willison, "The lethal trifecta" (2025-06-16); Meta, "Agents Rule of Two" (2025-10-31).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from compiler.check.grading import grade
from compiler.check.places import hand_over, member_place, tool_place
from compiler.derive.closure import components
from compiler.derive.fleet import Fleet, Grant
from compiler.derive.reach import Delegation, Member, chosen, numbered, ways
from compiler.diagnostic import Diagnostic, Label, Rule, Severity
from compiler.model import MCPServer
from compiler.source import Span


class Demand(NamedTuple):
    """One part of a flow: a grant on a tool that has one of these traits."""

    does: str  # what such a tool does, in words
    traits: tuple[str, ...]


UNTRUSTED = Demand("brings in untrusted text", ("untrusted",))
PRIVATE = Demand("reads private data or a sensitive system", ("private",))
SINK = Demand("can carry data out", ("sink",))
WRITES = Demand("changes state", ("writes",))
EXECUTES = Demand("runs code that the model writes", ("executes",))


class Leg(NamedTuple):
    """The nearest grant that meets a demand, and the way to it."""

    demand: Demand
    path: tuple[Delegation, ...]
    grant: Grant


@dataclass(frozen=True, slots=True, eq=False)
class Flow:
    """One agent, or a circle of agents, that meets every demand without asking a human."""

    members: tuple[Member, ...]  # those that meet all with their own grants come first
    legs: tuple[Leg, ...]
    cure: tuple[Grant, ...]  # a smallest set of grants to drop, or to put under approval
    severity: Severity


def flows(fleet: Fleet, rule: Rule, *demands: Demand, unless: Demand | None = None) -> list[Flow]:
    """Find the agents that meet all demands, and not `unless` as well, sorted by name."""
    reach = fleet.reach
    masks = [_mask(fleet, demand) for demand in demands]
    barred = _mask(fleet, unless) if unless else 0
    free = {m: tuple(e for e in some if not e.human) for m, some in reach.edges.items()}
    successors = numbered(reach.members, free)
    have = [
        all(bits & mask for mask in masks) and not bits & barred
        for bits in (reach.autonomous[member] for member in reach.members)
    ]
    result: list[Flow] = []
    for group in components(successors):
        inside = set(group)
        below = {s for node in group for s in successors[node]} - inside
        circle = [reach.members[node] for node in group]
        alone = {m for m in circle if all(reach.own[m] & mask for mask in masks)}
        if not have[group[0]] or (not alone and any(have[node] for node in below)):
            continue
        circle.sort(key=lambda m: (m not in alone, m))
        result.append(_flow(fleet, rule, tuple(circle), demands, masks, have))
    return sorted(result, key=lambda flow: flow.members)


def _mask(fleet: Fleet, demand: Demand) -> int:
    bits = 0
    for trait in demand.traits:
        bits |= fleet.reach.having[trait]
    return bits


def _flow(
    fleet: Fleet,
    rule: Rule,
    members: tuple[Member, ...],
    demands: Iterable[Demand],
    masks: list[int],
    have: list[bool],
) -> Flow:
    first, reach = members[0], fleet.reach
    near = list(ways(reach.edges, first, free=True))
    legs = tuple(
        _nearest(fleet, demand, mask, near) for demand, mask in zip(demands, masks, strict=True)
    )
    sets = [reach.autonomous[first] & mask for mask in masks]
    cure = min(reversed(sets), key=int.bit_count)
    above = (m for m, has in zip(reach.members, have, strict=True) if has)
    touched = [m for m in above if first in {other for other, _ in ways(reach.edges, m, free=True)}]
    holders = [leg.grant.call[:2] for leg in legs]
    severity = grade(fleet, rule, first[0], (agent for _, agent in (*touched, *holders)))
    return Flow(members, legs, tuple(chosen(fleet, cure)), severity)


def _nearest(
    fleet: Fleet, demand: Demand, mask: int, near: Iterable[tuple[Member, tuple[Delegation, ...]]]
) -> Leg:
    for member, path in near:
        if bits := fleet.reach.own[member] & mask:
            return Leg(demand, path, next(iter(chosen(fleet, bits))))
    raise AssertionError("a demand of a flow is met by a member of it")


def _evidence(fleet: Fleet, flow: Flow) -> Iterator[Label]:
    """Every line that contributes: the delegations on the way, and each grant with its tool."""
    seen: set[Span] = set()
    for leg in flow.legs:
        for edge in leg.path:
            if edge.place not in seen:
                seen.add(edge.place)
                yield hand_over(edge)
        call = leg.grant.call
        tool = tool_place(fleet.graph.get(MCPServer, call.server), call.tool)
        what = f"`{call.agent}` may call `{call.server}/{call.tool}`, which {leg.demand.does}"
        yield Label(fleet.place(leg.grant), f"{what} ({tool.path}:{tool.start.line})")


def report(fleet: Fleet, rule: Rule, flow: Flow, does: str) -> Diagnostic:
    """Make the diagnostic of a flow, at the first of its members; `does` says what they do."""
    return rule.at(
        member_place(fleet, flow.members[0]),
        f"{_subject(flow)} {does}",
        help=_advice(flow),
        evidence=_evidence(fleet, flow),
        severity=flow.severity,
    )


def _advice(flow: Flow, most: int = 4) -> str:
    """What to do about it, for a help text."""
    named = [f"`{g.call.server}/{g.call.tool}` of `{g.call.agent}`" for g in flow.cure]
    rest = f" and {len(named) - most} more" if len(named) > most else ""
    return f"put under approval, or drop: {', '.join(named[:most])}{rest}"


def _subject(flow: Flow) -> str:
    """The agents of a flow, as the subject of a sentence."""
    first, *others = [f"`{agent}`" for _, agent in flow.members]
    if not others:
        return f"agent {first}"
    return f"agent {first}, in a circle with {', '.join(sorted(others))},"
