"""Reach: the closure equals brute force, and what people see equals the closure."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from itertools import pairwise
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from compiler.cli import inputs
from compiler.derive import Fleet
from compiler.derive.closure import closure
from compiler.derive.reach import delegations, reached
from compiler.model import Project
from compiler.pipeline import analyse

ROOT = Path(__file__).parents[1]
SIZES = st.integers(1, 9)
GRAPHS = SIZES.flatmap(
    lambda n: st.tuples(
        st.lists(st.lists(st.integers(0, n - 1), max_size=4), min_size=n, max_size=n),
        st.lists(st.integers(0, 2**12 - 1), min_size=n, max_size=n),
    )
)


def walk(successors: list[list[int]], start: int) -> set[int]:
    """Every node that some path leads to, by trying all of them."""
    seen, todo = {start}, [start]
    while todo:
        for successor in successors[todo.pop()]:
            if successor not in seen:
                seen.add(successor)
                todo.append(successor)
    return seen


@settings(max_examples=500, deadline=None)
@given(GRAPHS)
def test_closure_is_brute_force(graph: tuple[list[list[int]], list[int]]) -> None:
    successors, own = graph
    expected = []
    for node in range(len(own)):
        bits = 0
        for other in walk(successors, node):
            bits |= own[other]
        expected.append(bits)
    assert closure(successors, own) == expected


def test_a_chain_deeper_than_any_stack() -> None:
    n = 50_000
    successors = [[i + 1] for i in range(n - 1)] + [[]]
    assert closure(successors, [0] * (n - 1) + [1]) == [1] * n


def shipped() -> Fleet:
    fleet = analyse(inputs.read(ROOT).sources.values(), today=date(2026, 11, 23)).fleet
    assert fleet is not None
    return fleet


def closed(fleet: Fleet, *, free: bool) -> Iterator[tuple[tuple[str, str], set[tuple[str, str]]]]:
    """Each member's reach by the closure; `free`: without what waits for a human."""
    members = [
        (project.name, str(entry.agent))
        for project in fleet.graph.all(Project)
        for entry in project.spec.agents
    ]
    tools = sorted({grant.call[2:] for grant in fleet.grants})
    edges = [e for e in delegations(fleet.graph) if not (free and e.human)]
    successors = [
        [members.index(e.target) for e in edges if e.source == member] for member in members
    ]
    own = [
        sum(
            1 << tools.index(grant.call[2:])
            for grant in fleet.grants_by_agent.get(member, ())
            if not (free and grant.approval == "human")
        )
        for member in members
    ]
    for member, bits in zip(members, closure(successors, own), strict=True):
        yield member, {tool for i, tool in enumerate(tools) if bits >> i & 1}


def test_what_people_see_is_the_closure() -> None:
    fleet = shipped()
    everything = dict(closed(fleet, free=False))
    autonomous = dict(closed(fleet, free=True))
    assert sum(map(len, everything.values())) > len(fleet.grants)
    for member, tools in everything.items():
        seen = reached(fleet, member)
        assert {call.grant.call[2:] for call in seen} == tools
        free = {call.grant.call[2:] for call in seen if call.approval == "none"}
        assert free == autonomous[member]


def test_a_way_is_made_of_delegations() -> None:
    fleet = shipped()
    edges = {(edge.source, edge.target) for edge in delegations(fleet.graph)}
    longest = 0
    for project in fleet.graph.all(Project):
        for entry in project.spec.agents:
            for call in reached(fleet, (project.name, str(entry.agent))):
                stops = [(project.name, name) for name in (str(entry.agent), *call.via)]
                assert set(pairwise(stops)) <= edges
                assert call.grant.call[:2] == stops[-1]
                longest = max(longest, len(call.via))
    assert longest >= 2
