"""Reach: every tool call that an agent can cause, itself or through agents that it hands work to.

It is the least fixpoint R(a) = G(a) | union of R(b) over a -> b, with delegation from project teams
and from workflows. The autonomous variant excludes what waits for a human: a call, or a step.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import NamedTuple

from compiler.derive.closure import closure
from compiler.derive.fleet import Fleet, Grant, Traits
from compiler.graph import Graph, Resource
from compiler.model import Project, Workflow
from compiler.model.steps import handovers
from compiler.source import Route, Span

Member = tuple[str, str]
"""An agent in a project: (project, agent)."""


class Delegation(NamedTuple):
    """Who can hand work to whom in a project, whether a human approves it, and its place."""

    source: Member
    target: Member
    human: bool
    resource: Resource[Project] | Resource[Workflow]
    route: Route

    @property
    def place(self) -> Span:
        """The place that declares it."""
        return self.resource.at(*self.route)


Edges = Mapping[Member, tuple[Delegation, ...]]


@dataclass(frozen=True, slots=True, eq=False)
class Reach:
    """The closure of the access relation. In every bitset, bit i stands for `fleet.grants[i]`."""

    members: tuple[Member, ...]  # sorted
    edges: Edges  # of each member, by target, those without a human first
    own: Mapping[Member, int]  # its own grants, but for those that wait for a human
    everything: Mapping[Member, int]  # all that it reaches
    autonomous: Mapping[Member, int]  # all that it reaches while no human is asked
    having: Mapping[str, int]  # the grants on tools with a trait


def delegations(graph: Graph) -> Iterator[Delegation]:
    """Every edge of delegation: from teams, then from workflows."""
    for project in graph.all(Project):
        for a, entry in enumerate(project.spec.agents):
            for d, target in enumerate(entry.delegatesTo):
                giver, taker = (project.name, str(entry.agent)), (project.name, str(target))
                where = ("agents", a, "delegatesTo", d)
                yield Delegation(giver, taker, human=False, resource=project, route=where)
    for workflow in graph.all(Workflow):
        home = str(workflow.spec.project)
        for first, second, route in handovers(workflow.spec):
            if first.agent != second.agent:
                human = second.approval == "human"
                giver, taker = (home, str(first.agent)), (home, str(second.agent))
                yield Delegation(giver, taker, human, workflow, route)


def reach(graph: Graph, grants: Sequence[Grant], traits: Mapping[tuple[str, str], Traits]) -> Reach:
    """The reach of every member of every team, and of every other agent that is handed work."""
    ordered = sorted(delegations(graph), key=lambda e: (e.source, e.target, e.human))
    teams = ((p.name, str(entry.agent)) for p in graph.all(Project) for entry in p.spec.agents)
    ends = (end for edge in ordered for end in (edge.source, edge.target))
    members = tuple(sorted({*teams, *ends}))
    edges = {m: tuple(group) for m, group in groupby(ordered, key=lambda edge: edge.source)}
    everything = dict.fromkeys(members, 0)
    own = dict.fromkeys(members, 0)
    having = dict.fromkeys(Traits._fields, 0)
    for index, grant in enumerate(grants):
        bit, member = 1 << index, grant.call[:2]
        everything[member] |= bit
        if grant.approval == "none":
            own[member] |= bit
        for trait, holds in zip(Traits._fields, traits[grant.call[2:]], strict=True):
            having[trait] |= bit if holds else 0
    free = {m: tuple(edge for edge in some if not edge.human) for m, some in edges.items()}
    return Reach(
        members,
        edges,
        own,
        _closed(members, edges, everything),
        _closed(members, free, own),
        having,
    )


def _closed(
    members: Sequence[Member], edges: Edges, own: Mapping[Member, int]
) -> Mapping[Member, int]:
    successors = numbered(members, edges)
    total = closure(successors, [own[member] for member in members])
    return dict(zip(members, total, strict=True))


def numbered(members: Sequence[Member], edges: Edges) -> list[list[int]]:
    """To whom each member hands work, all as positions in `members`."""
    number = {member: index for index, member in enumerate(members)}
    return [[number[edge.target] for edge in edges.get(member, ())] for member in members]


def team_edges(fleet: Fleet) -> Edges:
    """The delegations of teams alone, in which the agent itself decides to hand work on."""
    return {
        member: tuple(edge for edge in edges if edge.resource.id.kind == Project.KIND)
        for member, edges in fleet.reach.edges.items()
    }


def widened(fleet: Fleet, giver: Member, taker: Member) -> list[Grant]:
    """The calls that a member may not make itself, or only with approval, but causes through a
    delegate and the delegates of that one; sorted by server and tool.
    """
    own = {grant.call[2:]: grant.approval for grant in fleet.grants_by_agent.get(giver, ())}
    edges = {**team_edges(fleet), giver: ()}
    more: dict[tuple[str, str], Grant] = {}
    for member, _ in ways(edges, taker, free=False):
        for grant in fleet.grants_by_agent.get(member, ()) if member != giver else ():
            if own.get(grant.call[2:]) not in ("none", grant.approval):
                more.setdefault(grant.call[2:], grant)
    return [more[call] for call in sorted(more)]


@dataclass(frozen=True, slots=True)
class Reached:
    """A grant that an agent reaches: by which path (empty for its own), and with which approval."""

    member: Member
    path: tuple[Delegation, ...]
    grant: Grant
    approval: str

    @property
    def via(self) -> tuple[str, ...]:
        """The agents on the path, in order; the last one holds the grant."""
        return tuple(edge.target[1] for edge in self.path)


def reached(fleet: Fleet, member: Member) -> list[Reached]:
    """What a member reaches, by server and tool: the shortest path, preferably without a human."""
    best: dict[tuple[str, str], Reached] = {}
    for free in (True, False):  # paths without a human come first
        for other, path in ways(fleet.reach.edges, member, free=free):
            for grant in fleet.grants_by_agent.get(other, ()):
                approval = "none" if free and grant.approval == "none" else "human"
                candidate = Reached(member, path, grant, approval)
                previous = best.get(grant.call[2:])
                if previous is None or (previous.approval == "human" and approval == "none"):
                    best[grant.call[2:]] = candidate
    return [best[key] for key in sorted(best)]


def ways(
    edges: Edges, start: Member, *, free: bool
) -> Iterator[tuple[Member, tuple[Delegation, ...]]]:
    """Every member that is reached, nearest first, and the path to it; `free`: without a human."""
    paths: dict[Member, tuple[Delegation, ...]] = {start: ()}
    queue = deque([start])
    while queue:
        member = queue.popleft()
        yield member, paths[member]
        for edge in edges.get(member, ()):
            if edge.target not in paths and not (free and edge.human):
                paths[edge.target] = (*paths[member], edge)
                queue.append(edge.target)


def chosen(fleet: Fleet, bits: int) -> Iterable[Grant]:
    """The grants that a bitset stands for, sorted by call."""
    while bits:
        lowest = bits & -bits
        yield fleet.grants[lowest.bit_length() - 1]
        bits ^= lowest
