"""Agents that hand work to each other in a circle may never stop. OWASP ASI08."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.derive import Fleet
from compiler.derive.closure import components
from compiler.derive.reach import numbered, team_edges
from compiler.diagnostic import Diagnostic, Label, Rule, Severity

RULE = Rule("delegation-cycle", Severity.ERROR, "agents hand work to each other in a circle")


def check(fleet: Fleet) -> Iterator[Diagnostic]:
    """Every circle of delegation within a team; those of workflows end by their `maxRounds`."""
    reach, edges = fleet.reach, team_edges(fleet)
    for group in components(numbered(reach.members, edges)):
        circle = {reach.members[node] for node in group}
        inside = [e for m in sorted(circle) for e in edges.get(m, ()) if e.target in circle]
        if inside:
            first = inside[0]
            names = " and ".join(f"`{agent}`" for _, agent in sorted(circle))
            does = (
                f"{names} hand work to each other"
                if len(circle) > 1
                else f"{names} hands work to itself"
            )
            yield RULE.at(
                first.place,
                does,
                help="drop one of these delegations, or make it a workflow with `maxRounds`",
                evidence=[
                    Label(edge.place, f"`{edge.source[1]}` to `{edge.target[1]}`")
                    for edge in inside
                ],
            )
