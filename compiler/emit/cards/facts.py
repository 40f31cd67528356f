"""Facts that several parts of a card tell: where an agent is at work, and what its tools can do."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Literal

from compiler.derive import Fleet
from compiler.derive.fleet import Grant, Traits
from compiler.derive.systems import System
from compiler.graph import Resource
from compiler.model import Agent, LanguageModel, MCPServer, Project

Operation = Literal["read", "update", "delete", "execute", "send"]
OPERATIONS: tuple[Operation, ...] = ("read", "update", "delete", "execute", "send")


def homes(fleet: Fleet, agent: Resource[Agent]) -> tuple[Resource[Project], ...]:
    """The projects in whose teams an agent is, by name."""
    return tuple(
        project
        for project in fleet.graph.all(Project)
        if any(str(entry.agent) == agent.name for entry in project.spec.agents)
    )


def systems(fleet: Fleet, agent: Resource[Agent]) -> tuple[System, ...]:
    """The AI systems that an agent is part of."""
    return tuple(
        one for one in fleet.systems if any(member.name == agent.name for member in one.members)
    )


def classes(fleet: Fleet, agent: Resource[Agent]) -> Mapping[str, str]:
    """By project under the AI Act, the class of the system that an agent is part of."""
    return {one.project.name: one.ai_class for one in systems(fleet, agent)}


def granted(fleet: Fleet, agent: Resource[Agent]) -> tuple[Grant, ...]:
    """All that an agent may call itself, in all projects."""
    return tuple(grant for grant in fleet.grants if grant.call.agent == agent.name)


def used(fleet: Fleet, agent: Resource[Agent]) -> tuple[Resource[MCPServer], ...]:
    """The servers on which somebody granted it something."""
    names = sorted({grant.call.server for grant in granted(fleet, agent)})
    return tuple(fleet.graph.get(MCPServer, name) for name in names)


def delegates(fleet: Fleet, agent: Resource[Agent]) -> tuple[Resource[Agent], ...]:
    """Those to whom it can hand work, in some project or workflow."""
    found = {
        edge.target[1]
        for member, edges in fleet.reach.edges.items()
        if member[1] == agent.name
        for edge in edges
    }
    return tuple(fleet.graph.get(Agent, name) for name in sorted(found))


def runs_on(fleet: Fleet, model: Resource[LanguageModel]) -> tuple[Resource[Agent], ...]:
    """The agents that run on a model."""
    return tuple(a for a in fleet.graph.all(Agent) if str(a.spec.model) == model.name)


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
