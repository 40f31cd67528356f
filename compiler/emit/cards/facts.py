"""Facts that several cards state: where an agent works, what its tools do, what was measured."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Literal

from compiler.ai_act.evidence import Measured, measured, meets
from compiler.ai_act.law import LAW
from compiler.ai_act.systems import System
from compiler.derive import Fleet
from compiler.derive.fleet import Grant, Traits
from compiler.derive.owners import owners
from compiler.graph import Resource
from compiler.model import Agent, LanguageModel, MCPServer, Metric, Project, Spec
from compiler.source import EVIDENCE

Operation = Literal["read", "update", "delete", "execute", "send"]
OPERATIONS: tuple[Operation, ...] = ("read", "update", "delete", "execute", "send")


def homes(fleet: Fleet, agent: Resource[Agent]) -> Sequence[Resource[Project]]:
    """The projects in whose teams an agent is, by name."""
    return fleet.by_agent.homes.get(agent.name, [])


def systems(fleet: Fleet, agent: Resource[Agent]) -> Sequence[System]:
    """The AI systems that an agent is part of."""
    return fleet.by_agent.systems.get(agent.name, [])


def classes(fleet: Fleet, agent: Resource[Agent]) -> Mapping[str, str]:
    """By project under the AI Act, the class of the system that an agent is part of."""
    return {system.project.name: system.ai_class for system in systems(fleet, agent)}


def granted(fleet: Fleet, agent: Resource[Agent]) -> Sequence[Grant]:
    """All that an agent may call itself, in all projects."""
    return fleet.by_agent.grants.get(agent.name, [])


def used(fleet: Fleet, agent: Resource[Agent]) -> tuple[Resource[MCPServer], ...]:
    """The servers of which it has a grant."""
    names = sorted({grant.call.server for grant in granted(fleet, agent)})
    return tuple(fleet.graph.get(MCPServer, name) for name in names)


def delegates(fleet: Fleet, agent: Resource[Agent]) -> tuple[Resource[Agent], ...]:
    """Those to whom it can hand work, in some project or workflow."""
    names = fleet.by_agent.delegates.get(agent.name, frozenset())
    return tuple(fleet.graph.get(Agent, name) for name in sorted(names))


def runs_on(fleet: Fleet, model: Resource[LanguageModel]) -> Sequence[Resource[Agent]]:
    """The agents that run on a model."""
    return fleet.by_agent.users.get(model.name, [])


def operations(traits: Traits) -> tuple[Operation, ...]:
    """What a tool does: it only reads, or it changes something."""
    changes = traits.writes or traits.destructive or traits.executes
    does = {
        "read": not changes,
        "update": traits.writes,
        "delete": traits.destructive,
        "execute": traits.executes,
        "send": traits.sink,
    }
    return tuple(name for name in OPERATIONS if does[name])


def flow(traits: Iterable[Traits]) -> Literal["inbound", "outbound", "bi-directional"]:
    """Which way data go, as a server sees it: what is read leaves it, what is changed enters it."""
    some = tuple(traits)
    leaves = any(trait.private or not trait.writes for trait in some)
    enters = any(trait.writes or trait.sink or trait.executes for trait in some)
    if leaves and enters:
        return "bi-directional"
    return "inbound" if enters else "outbound"


def contact(fleet: Fleet, name: str | None) -> dict[str, str] | None:
    """A person or team by name, and how they are reached ("" where that is not listed)."""
    if name is None:
        return None
    owner = owners(fleet.graph).get(name)
    return {"name": name, "contact": owner.contact if owner else ""}


def results(fleet: Fleet, metrics: Iterable[Metric]) -> list[dict[str, object]]:
    """Each metric, and what its evidence says; `reason` is why there is no result."""
    return [_measurement(fleet, metric) for metric in metrics]


def _measurement(fleet: Fleet, metric: Metric) -> dict[str, object]:
    result = measured(fleet.graph, metric)
    facts = {"name": metric.name, "better": metric.better, "threshold": metric.threshold}
    if not isinstance(result, Measured):
        return {**facts, "measured": False, "reason": result}
    return {
        **facts,
        "measured": True,
        "value": result.value,
        "met": None if metric.threshold is None else meets(metric, result),
        "waiver": metric.waiver,
        "dataset": result.dataset,
        "samples": result.samples,
        "date": result.date,
        "evidence": f"{EVIDENCE}{metric.evidence}",
    }


def source(resource: Resource[Spec], *, law: bool) -> dict[str, object]:
    """Where a card comes from, and the law that it speaks of, if any."""
    return {"path": resource.document.source.path, "law": LAW if law else None}
