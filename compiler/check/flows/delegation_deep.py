"""Work that passes through a long chain of agents is hard to trace and to oversee."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from compiler.check.places import hand_over
from compiler.derive import Fleet
from compiler.derive.closure import components
from compiler.derive.reach import Delegation, Member, numbered, team_edges
from compiler.diagnostic import Diagnostic, Rule, Severity

RULE = Rule(
    "delegation-deep",
    Severity.WARNING,
    "work is handed on more often than is allowed",
    {"most": 3},
)


def check(fleet: Fleet) -> Iterator[Diagnostic]:
    """Every agent at the head of a chain that is too long; a circle counts as one step."""
    reach, edges = fleet.reach, team_edges(fleet)
    most = int(fleet.parameter(RULE, "most"))
    chains: dict[Member, tuple[Delegation, ...]] = {}
    for group in components(numbered(reach.members, edges)):
        circle = {reach.members[node] for node in group}
        outward = (e for m in sorted(circle) for e in edges.get(m, ()) if e.target not in circle)
        longest = max(((e, *chains[e.target]) for e in outward), key=len, default=())
        chains.update(dict.fromkeys(circle, longest))
    yield from _heads(chains, most)


def _heads(chains: Mapping[Member, tuple[Delegation, ...]], most: int) -> Iterator[Diagnostic]:
    inner = {edge.target for chain in chains.values() for edge in chain}
    for member, chain in sorted(chains.items()):
        if len(chain) > most and member not in inner and chain[0].source == member:
            names = " > ".join(_stops(chain))
            yield RULE.at(
                chain[0].place,
                f"work of `{member[1]}` is handed on {len(chain)} times: {_short(names)}",
                help=f"hand it to the last one directly; at most {most} times are allowed",
                evidence=map(hand_over, chain),
            )


def _stops(chain: tuple[Delegation, ...]) -> Iterator[str]:
    """The agents along a chain; within a circle it may continue at another member."""
    previous = ""
    for edge in chain:
        if edge.source[1] != previous:
            yield edge.source[1]
        previous = edge.target[1]
        yield previous


def _short(names: str) -> str:
    return names if len(names) <= 120 else f"{names[:117]}..."
