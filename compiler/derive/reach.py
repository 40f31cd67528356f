"""Reach: everything that an agent can cause to be called, itself or through those it hands work to.

It is the least fixpoint R(a) = G(a) | union of R(b) over a -> b, with delegation from project teams
and from workflows. The autonomous variant leaves out what waits for a human: a call, or a step.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from compiler.derive.fleet import Fleet, Grant
from compiler.derive.workflows import handovers
from compiler.graph import Graph, Resource
from compiler.model import Project, Workflow
from compiler.source import Route

Member = tuple[str, str]
"""An agent in a project: (project, agent)."""


class Delegation(NamedTuple):
    """Who can hand work to whom in a project, whether a human agrees first, and what says so."""

    source: Member
    target: Member
    human: bool
    resource: Resource[Project] | Resource[Workflow]
    route: Route


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


@dataclass(frozen=True, slots=True)
class Reached:
    """A grant that an agent reaches: over whom (nobody: it is its own), and if a human is asked."""

    member: Member
    via: tuple[str, ...]
    grant: Grant
    approval: str


def reached(fleet: Fleet, member: Member) -> list[Reached]:
    """What a member reaches, sorted by server and tool; the shortest way without a human if any."""
    edges = _by_source(fleet.graph)
    best: dict[tuple[str, str], Reached] = {}
    for free in (True, False):  # ways without a human come first
        for other, via in _ways(edges, member, free=free):
            for grant in fleet.grants_by_agent.get(other, ()):
                approval = "none" if free and grant.approval == "none" else "human"
                found = Reached(member, via, grant, approval)
                known = best.get(grant.call[2:])
                if known is None or (known.approval == "human" and approval == "none"):
                    best[grant.call[2:]] = found
    return [best[key] for key in sorted(best)]


def _by_source(graph: Graph) -> Mapping[Member, list[Delegation]]:
    edges: dict[Member, list[Delegation]] = {}
    for edge in delegations(graph):
        edges.setdefault(edge.source, []).append(edge)
    return edges


def _ways(
    edges: Mapping[Member, list[Delegation]], start: Member, *, free: bool
) -> Iterator[tuple[Member, tuple[str, ...]]]:
    """Every member that is reached, nearest first, and the agents on the way to it."""
    ways: dict[Member, tuple[str, ...]] = {start: ()}
    queue = deque([start])
    while queue:
        member = queue.popleft()
        yield member, ways[member]
        for edge in sorted(edges.get(member, ()), key=lambda edge: edge.target):
            if edge.target not in ways and not (free and edge.human):
                ways[edge.target] = (*ways[member], edge.target[1])
                queue.append(edge.target)


def closure(successors: Sequence[Sequence[int]], own: Sequence[int]) -> list[int]:
    """The least fixpoint over a graph whose nodes own bitsets.

    Strongly connected components (Tarjan) come up successors first, so that each is complete when
    it is met: one union for each edge.
    """
    total = [0] * len(own)
    component: dict[int, int] = {}  # node -> the first node of its finished component
    for members in _components(successors):
        head = members[0]
        bits = 0
        for node in members:
            component[node] = head
            bits |= own[node]
        for node in members:
            for successor in successors[node]:
                if component.get(successor, head) != head:
                    bits |= total[successor]
        for node in members:
            total[node] = bits
    return total


def _components(successors: Sequence[Sequence[int]]) -> Iterator[list[int]]:
    """Strongly connected components, those that others lead to first. No recursion."""
    order: dict[int, int] = {}
    low: dict[int, int] = {}
    stack: list[int] = []
    waiting: set[int] = set()
    for root in range(len(successors)):
        work = [(root, iter(successors[root]))] if root not in order else []
        while work:
            node, rest = work[-1]
            if node not in order:
                order[node] = low[node] = len(order)
                stack.append(node)
                waiting.add(node)
            for successor in rest:
                if successor not in order:
                    work.append((successor, iter(successors[successor])))
                    break
                if successor in waiting:
                    low[node] = min(low[node], order[successor])
            else:
                work.pop()
                if work:
                    low[work[-1][0]] = min(low[work[-1][0]], low[node])
                if low[node] == order[node]:
                    yield _pop(stack, waiting, node)


def _pop(stack: list[int], waiting: set[int], last: int) -> list[int]:
    members: list[int] = []
    while not members or members[-1] != last:
        members.append(stack.pop())
        waiting.discard(members[-1])
    return members
