"""What is known of each agent across all projects, by its name, and who runs on each model."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from compiler.ai_act.systems import System
from compiler.derive.fleet import AgentDeployment, Grant
from compiler.derive.reach import Reach
from compiler.graph import Graph, Resource
from compiler.model import Agent, Project, Workflow
from compiler.model.steps import steps

T = TypeVar("T")


@dataclass(frozen=True, slots=True, eq=False)
class ByAgent:
    """Facts by the name of an agent; a name without any has no entry."""

    homes: Mapping[str, Sequence[Resource[Project]]]  # the projects whose team it is in, by name
    systems: Mapping[str, Sequence[System]]  # that it is part of
    grants: Mapping[str, Sequence[Grant]]  # all that it may call itself
    running: Mapping[str, Sequence[AgentDeployment]]
    delegates: Mapping[str, frozenset[str]]  # to whom it can hand work, in any project
    delegators: Mapping[str, frozenset[str]]
    workflows: Mapping[str, Sequence[Resource[Workflow]]]  # with a step of it
    users: Mapping[str, Sequence[Resource[Agent]]]  # by the name of a model: who runs on it


def by_agent(
    graph: Graph,
    grants: Iterable[Grant],
    running: Iterable[AgentDeployment],
    reach: Reach,
    systems: Iterable[System],
) -> ByAgent:
    """Gathered in one pass over each table, as there can be thousands of agents."""
    edges = [edge for edges in reach.edges.values() for edge in edges]
    return ByAgent(
        homes=_grouped((a, p) for p in graph.all(Project) for a in _team(p.spec)),
        systems=_grouped((a.name, system) for system in systems for a in system.members),
        grants=_grouped((grant.call.agent, grant) for grant in grants),
        running=_grouped((deployment.name, deployment) for deployment in running),
        delegates=_sets((edge.source[1], edge.target[1]) for edge in edges),
        delegators=_sets((edge.target[1], edge.source[1]) for edge in edges),
        workflows=_grouped((a, w) for w in graph.all(Workflow) for a in members(w)),
        users=_grouped((str(a.spec.model), a) for a in graph.all(Agent)),
    )


def members(workflow: Resource[Workflow]) -> list[str]:
    """The agents of a workflow's steps, by name."""
    return sorted({str(step.agent) for _, step in steps(workflow.spec)})


def _team(project: Project) -> list[str]:
    return sorted({str(entry.agent) for entry in project.agents})


def _grouped(pairs: Iterable[tuple[str, T]]) -> dict[str, list[T]]:
    groups: defaultdict[str, list[T]] = defaultdict(list)
    for key, value in pairs:
        groups[key].append(value)
    return dict(groups)


def _sets(pairs: Iterable[tuple[str, str]]) -> dict[str, frozenset[str]]:
    return {key: frozenset(values) for key, values in _grouped(pairs).items()}
