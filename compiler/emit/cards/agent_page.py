"""The card of an agent for people: what it is, what it may do, what can go wrong, who stops it.

Its sections follow NVIDIA's template for cards of agents, in our words.
"""

from __future__ import annotations

from collections.abc import Iterator

from compiler.ai_act.systems import System
from compiler.derive import Fleet
from compiler.derive.by_agent import members
from compiler.emit.cards import data, front_matter, operations
from compiler.emit.cards.facts import (
    contact,
    delegates,
    granted,
    homes,
    results,
    source,
    systems,
    used,
)
from compiler.emit.format.template import render
from compiler.file import File, Origin
from compiler.graph import Resource
from compiler.model import Agent, LanguageModel, RiskTier

Facts = dict[str, object]


def agent_page(fleet: Fleet, agent: Resource[Agent]) -> File:
    """`cards/<agent>.md`."""
    facts = {
        **_identity(fleet, agent),
        **_place(fleet, agent),
        **operations.facts(fleet, agent),
        **data.facts(fleet, agent),
        "metrics": results(fleet, agent.spec.evaluation),
        "card": source(agent, law=bool(systems(fleet, agent))),
    }
    body = render(fleet.graph, "cards/agent.md.j2", facts)
    text = front_matter.page(front_matter.of_agent(fleet, agent), body)
    return File(f"cards/{agent.name}.md", text, tuple(_origins(fleet, agent)))


def _origins(fleet: Fleet, agent: Resource[Agent]) -> Iterator[Origin]:
    yield Origin("", agent)
    yield Origin("Architecture", fleet.graph.get(LanguageModel, agent.spec.model))
    yield Origin("Risk tier", fleet.graph.get(RiskTier, agent.spec.riskTier))
    for home in homes(fleet, agent):
        for index, entry in enumerate(home.spec.agents):
            if str(entry.agent) == agent.name:
                yield Origin("Deployment", home, ("agents", index))
    for server in used(fleet, agent):
        yield Origin("Operations allowed", server)
    for system in systems(fleet, agent):
        if system.record:
            yield Origin("Classification", system.record)


def _identity(fleet: Fleet, agent: Resource[Agent]) -> Facts:
    spec = agent.spec
    model = fleet.graph.get(LanguageModel, spec.model)
    tier = fleet.graph.get(RiskTier, spec.riskTier)
    by_project = {system.project.name: system for system in systems(fleet, agent)}
    return {
        "name": agent.name,
        "agent": spec,
        "image": str(spec.image),
        "bom": f"{agent.name}.cdx.json",
        "owner": contact(fleet, agent.owner),
        "stopper": contact(fleet, spec.oversight.owner),
        "uses": [capability.replace("-", " ") for capability in spec.capabilities],
        "model": model.spec,
        "model_card": f"models/{model.name}.md",
        "tier": {"name": tier.name, "level": tier.spec.level, "days": tier.spec.logRetentionDays},
        "projects": [
            {"name": project.name, **_classes(by_project.get(project.name), agent)}
            for project in homes(fleet, agent)
        ],
    }


def _classes(system: System | None, agent: Resource[Agent]) -> Facts:
    """The classes under the Act that concern an agent; `whole` is "" outside of the Act."""
    if system is None:
        return {"whole": ""}
    return {
        "own": system.classes[agent.name],
        "whole": system.ai_class,
        "record": f"../compliance/{system.project.name}/README.md",
        "workflows": [
            {"name": flow.name, "class": system.workflow_classes[flow.name]}
            for flow in system.workflows
            if agent.name in members(flow)
        ],
    }


def _place(fleet: Fleet, agent: Resource[Agent]) -> Facts:
    """Where it runs, with whom it works, and what decides about its calls."""
    grants, by_agent = granted(fleet, agent), fleet.by_agent
    return {
        "waiting": sum(grant.approval == "human" for grant in grants),
        "grants": len(grants),
        "places": [
            {
                "project": deployment.project.name,
                "cluster": deployment.cluster.name,
                "environment": deployment.cluster.spec.environment,
                "namespace": deployment.namespace,
                "replicas": deployment.replicas,
                "kagent": deployment.kagent,
            }
            for deployment in by_agent.running.get(agent.name, ())
        ],
        "hands_to": [other.name for other in delegates(fleet, agent)],
        "gets_from": sorted(by_agent.delegators.get(agent.name, ())),
        "workflows": [
            f"{flow.spec.project}.{flow.name}" for flow in by_agent.workflows.get(agent.name, ())
        ],
        "servers": [server.name for server in used(fleet, agent)],
        "gates": list(_gates(fleet, agent)),
    }


def _gates(fleet: Fleet, agent: Resource[Agent]) -> Iterator[Facts]:
    """What decides about calls of each server, and in which clusters."""
    clusters: dict[tuple[str, str, str], set[str]] = {}
    for deployment in fleet.by_agent.running.get(agent.name, ()):
        for server in deployment.servers:
            gate = server.gateway.name if server.gateway else "direct"
            key = server.name, gate, server.server.spec.authentication
            clusters.setdefault(key, set()).add(deployment.cluster.name)
    for (name, gate, proof), names in sorted(clusters.items()):
        yield {"server": name, "gate": gate, "proof": proof, "clusters": sorted(names)}
