"""Facts that several parts of a card tell: where an agent is at work, and what its tools can do."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal, TypeVar

from compiler.ai_act.systems import System
from compiler.derive import Fleet
from compiler.derive.fleet import AgentDeployment, Grant, Traits
from compiler.graph import Resource
from compiler.model import Agent, LanguageModel, MCPServer, Project, Workflow
from compiler.model.steps import steps

T = TypeVar("T")

Operation = Literal["read", "update", "delete", "execute", "send"]
OPERATIONS: tuple[Operation, ...] = ("read", "update", "delete", "execute", "send")


@dataclass(frozen=True, slots=True, eq=False)
class Facts:
    """What is asked of every agent, by its name: gathered once, as there can be thousands."""

    homes: Mapping[str, list[Resource[Project]]]  # in whose teams it is, by name
    systems: Mapping[str, list[System]]  # that it is part of
    grants: Mapping[str, list[Grant]]  # all that it may call itself
    running: Mapping[str, list[AgentDeployment]]
    delegates: Mapping[str, set[str]]  # to whom it can hand work, somewhere
    delegators: Mapping[str, set[str]]
    workflows: Mapping[str, list[Resource[Workflow]]]  # with a step of it
    users: Mapping[str, list[Resource[Agent]]]  # by model: who runs on it


@lru_cache(maxsize=1)
def facts(fleet: Fleet) -> Facts:
    """The facts of a fleet."""
    edges = [edge for some in fleet.reach.edges.values() for edge in some]
    workflows = fleet.graph.all(Workflow)
    return Facts(
        homes=_grouped((a, p) for p in fleet.graph.all(Project) for a in _team(p.spec)),
        systems=_grouped((a.name, one) for one in fleet.systems for a in one.members),
        grants=_grouped((grant.call.agent, grant) for grant in fleet.grants),
        running=_grouped((one.name, one) for one in fleet.agents),
        delegates=_sets((edge.source[1], edge.target[1]) for edge in edges),
        delegators=_sets((edge.target[1], edge.source[1]) for edge in edges),
        workflows=_grouped((name, w) for w in workflows for name in members(w)),
        users=_grouped((str(a.spec.model), a) for a in fleet.graph.all(Agent)),
    )


def _team(project: Project) -> list[str]:
    return sorted({str(entry.agent) for entry in project.agents})


def members(workflow: Resource[Workflow]) -> list[str]:
    """The agents of a workflow's steps, by name."""
    return sorted({str(step.agent) for _, step in steps(workflow.spec)})


def _grouped(pairs: Iterable[tuple[str, T]]) -> Mapping[str, list[T]]:
    found: defaultdict[str, list[T]] = defaultdict(list)
    for key, value in pairs:
        found[key].append(value)
    return found


def _sets(pairs: Iterable[tuple[str, str]]) -> Mapping[str, set[str]]:
    return {key: set(values) for key, values in _grouped(pairs).items()}


def homes(fleet: Fleet, agent: Resource[Agent]) -> Sequence[Resource[Project]]:
    """The projects in whose teams an agent is, by name."""
    return facts(fleet).homes.get(agent.name, [])


def systems(fleet: Fleet, agent: Resource[Agent]) -> Sequence[System]:
    """The AI systems that an agent is part of."""
    return facts(fleet).systems.get(agent.name, [])


def classes(fleet: Fleet, agent: Resource[Agent]) -> Mapping[str, str]:
    """By project under the AI Act, the class of the system that an agent is part of."""
    return {one.project.name: one.ai_class for one in systems(fleet, agent)}


def granted(fleet: Fleet, agent: Resource[Agent]) -> Sequence[Grant]:
    """All that an agent may call itself, in all projects."""
    return facts(fleet).grants.get(agent.name, [])


def used(fleet: Fleet, agent: Resource[Agent]) -> tuple[Resource[MCPServer], ...]:
    """The servers on which somebody granted it something."""
    names = sorted({grant.call.server for grant in granted(fleet, agent)})
    return tuple(fleet.graph.get(MCPServer, name) for name in names)


def delegates(fleet: Fleet, agent: Resource[Agent]) -> tuple[Resource[Agent], ...]:
    """Those to whom it can hand work, in some project or workflow."""
    found = facts(fleet).delegates.get(agent.name, set())
    return tuple(fleet.graph.get(Agent, name) for name in sorted(found))


def runs_on(fleet: Fleet, model: Resource[LanguageModel]) -> Sequence[Resource[Agent]]:
    """The agents that run on a model."""
    return facts(fleet).users.get(model.name, [])


def operations(traits: Traits) -> tuple[Operation, ...]:
    """What a tool does to the world: it only reads, or what else."""
    changes = traits.writes or traits.destructive or traits.executes
    does = {
        "read": not changes,
        "update": traits.writes,
        "delete": traits.destructive,
        "execute": traits.executes,
        "send": traits.sink,
    }
    return tuple(one for one in OPERATIONS if does[one])


def flow(traits: Iterable[Traits]) -> Literal["inbound", "outbound", "bi-directional"]:
    """Which way data go, as a server sees it: what is read leaves it, what is changed enters it."""
    some = tuple(traits)
    leaves = any(one.private or not one.writes for one in some)
    enters = any(one.writes or one.sink or one.executes for one in some)
    if leaves and enters:
        return "bi-directional"
    return "inbound" if enters else "outbound"
