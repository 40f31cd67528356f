"""Toxic flows equal brute force: which agents have one, the ways to it, and the smallest cure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import combinations
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from compiler.check.grading import CHOICES, GRADED
from compiler.check.toxic_flows import (
    EXECUTES,
    PRIVATE,
    SINK,
    UNTRUSTED,
    WRITES,
    Demand,
    Flow,
    flows,
)
from compiler.derive import Fleet
from compiler.derive.reach import Member
from compiler.diagnostic import Rule, Severity
from compiler.pipeline import analyse
from compiler.source import Source
from tests import shipped
from tests.estate import TODAY
from tests.layers import TRAITS, Server, documents, sources

RULE = Rule("a-flow", Severity.ERROR, "a flow", GRADED, CHOICES)
AGENTS = ("ada", "bob", "cyd", "dan")
CASES = {
    "trifecta": ((UNTRUSTED, PRIVATE, SINK), None),
    "two": ((UNTRUSTED, PRIVATE, WRITES), SINK),
    "change": ((UNTRUSTED, WRITES), PRIVATE),
    "code": ((UNTRUSTED, EXECUTES), None),
}
TOOL = st.tuples(
    st.sets(st.sampled_from(TRAITS), max_size=3),  # what it can do
    st.dictionaries(st.sampled_from(AGENTS), st.sampled_from(["none", "human"]), max_size=3),
)
ESTATES = st.tuples(
    st.lists(TOOL, min_size=1, max_size=6),
    st.dictionaries(st.sampled_from(AGENTS), st.lists(st.sampled_from(AGENTS), max_size=2)),
)


def fleet(tools: list[tuple[set[str], dict[str, str]]], edges: dict[str, list[str]]) -> Fleet:
    names = {f"tool-{n}": tool for n, tool in enumerate(tools)}
    server = Server(
        tuple(names), labels={name: tuple(traits) for name, (traits, _) in names.items()}
    )
    grants = {
        ("p", agent, "s"): {
            name: asked[agent] for name, (_, asked) in names.items() if agent in asked
        }
        for agent in AGENTS
    }
    granted = {key: some for key, some in grants.items() if some}
    delegations = {("p", a): sorted({t for t in some if t != a}) for a, some in edges.items()}
    texts = documents(
        {"s": server},
        granted,
        clusters=["direct"],
        delegations=delegations,
        empty=[("p", agent) for agent in AGENTS],
    )
    result = analyse(sources(texts).values(), today=TODAY).fleet
    assert result is not None
    return result


def members(fleet: Fleet, start: str) -> set[str]:
    """All agents that work of `start` can reach, by trying every way."""
    edges = {(edge.source[1], edge.target[1]) for e in fleet.reach.edges.values() for edge in e}
    seen, todo = {start}, [start]
    while todo:
        agent = todo.pop()
        for target in {b for a, b in edges if a == agent} - seen:
            seen.add(target)
            todo.append(target)
    return seen


def free(fleet: Fleet, start: str) -> set[int]:
    """The numbers of the grants that an agent reaches while no human is asked."""
    inside = members(fleet, start)
    return {
        number
        for number, grant in enumerate(fleet.grants)
        if grant.call.agent in inside and grant.approval == "none"
    }


def nearest(fleet: Fleet, start: str, demand: Demand) -> int:
    """The fewest hand-overs that lead to an agent whose own grants meet a demand."""
    edges = {(edge.source[1], edge.target[1]) for e in fleet.reach.edges.values() for edge in e}
    reached, steps = {start}, 0
    while True:
        own = {
            number
            for number, grant in enumerate(fleet.grants)
            if grant.call.agent in reached and grant.approval == "none"
        }
        if meets(fleet, own, demand):
            return steps
        reached |= {b for a, b in edges if a in reached}
        steps += 1


def meets(fleet: Fleet, numbers: set[int], demand: Demand) -> bool:
    return any(
        getattr(fleet.traits[fleet.grants[number].call[2:]], trait)
        for number in numbers
        for trait in demand.traits
    )


def toxic(
    fleet: Fleet, numbers: set[int], demands: tuple[Demand, ...], unless: Demand | None
) -> bool:
    barred = unless is not None and meets(fleet, numbers, unless)
    return not barred and all(meets(fleet, numbers, demand) for demand in demands)


def smallest(fleet: Fleet, numbers: set[int], demands: tuple[Demand, ...]) -> int:
    """The fewest grants that have to be dropped, by trying every set of them."""
    for size in range(len(numbers) + 1):
        for gone in combinations(sorted(numbers), size):
            if not toxic(fleet, numbers - set(gone), demands, None):
                return size
    raise AssertionError("without any grant nothing is toxic")


def judged(fleet: Fleet) -> Iterator[tuple[list[Flow], tuple[Demand, ...], set[Member]]]:
    for demands, unless in CASES.values():
        having = {
            ("p", agent) for agent in AGENTS if toxic(fleet, free(fleet, agent), demands, unless)
        }
        yield flows(fleet, RULE, *demands, unless=unless), demands, having


ROOT = Path(__file__).parents[1]
APPROVAL = re.compile(r"\n +approval: *(\{[^}]*\}|(\n +[\w-]+: human)+)")


def test_the_plans_own_team_without_approvals() -> None:
    """A DevOps agent with GitHub, Kubernetes, Docker and AWS has everything that it takes."""
    files = shipped.sources()
    stripped = [
        Source(path, APPROVAL.sub("", source.text)) if path.startswith("projects/") else source
        for path, source in files.items()
    ]
    assert not any("approval: {" in source.text for source in stripped)
    trifectas = [
        d for d in analyse(stripped, today=TODAY).diagnostics if d.code == "lethal-trifecta"
    ]
    devops = [d for d in trifectas if "agent `devops` reads" in d.message]
    assert {d.span.path for d in devops} == {
        "projects/harvestflow/project.yaml",
        "projects/project-nexus/project.yaml",
    }
    assert all("`aws/call_aws` of `devops`" in d.help for d in devops)
    assert all(len(d.evidence) == 3 for d in devops)
    assert analyse(files.values(), today=TODAY).diagnostics == ()


@settings(max_examples=150, deadline=None)
@given(ESTATES)
def test_flows_are_brute_force(
    estate: tuple[list[tuple[set[str], dict[str, str]]], dict[str, list[str]]],
) -> None:
    whole = fleet(*estate)
    for reported, demands, having in judged(whole):
        members_reported = {member for flow in reported for member in flow.members}
        assert members_reported <= having
        assert bool(members_reported) == bool(having)
        for _, agent in having:  # an agent with a flow leads to one that is reported
            assert {name for _, name in members_reported} & members(whole, agent)
        for flow in reported:
            numbers = free(whole, flow.members[0][1])
            cure = {whole.grants.index(grant) for grant in flow.cure}
            assert not toxic(whole, numbers - cure, demands, None)
            assert len(cure) == smallest(whole, numbers, demands)


@settings(max_examples=100, deadline=None)
@given(ESTATES)
def test_evidence_is_a_shortest_way(
    estate: tuple[list[tuple[set[str], dict[str, str]]], dict[str, list[str]]],
) -> None:
    whole = fleet(*estate)
    for reported, demands, _ in judged(whole):
        for flow in reported:
            start = flow.members[0]
            assert [leg.demand for leg in flow.legs] == list(demands)
            for leg in flow.legs:
                stops = [start, *(edge.target for edge in leg.path)]
                sources_ = [edge.source for edge in leg.path]
                assert sources_ == stops[:-1]
                assert leg.grant.call[:2] == stops[-1]
                assert meets(whole, {whole.grants.index(leg.grant)}, leg.demand)
                assert len(leg.path) == nearest(whole, start[1], leg.demand)
