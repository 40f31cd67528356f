"""What an agent's card says of data: what goes in and out, who holds it, what is kept."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.ai_act.systems import System
from compiler.derive import Fleet
from compiler.emit.cards.components import digest
from compiler.emit.cards.facts import systems, used
from compiler.graph import Resource
from compiler.model import Agent, ContextSpace

Facts = dict[str, object]


def facts(fleet: Fleet, agent: Resource[Agent]) -> Facts:
    """The facts of the sections about data."""
    prompt, servers = agent.spec.prompt, used(fleet, agent)
    return {
        "prompt_digest": digest(fleet, prompt.file),
        "schema_digest": digest(fleet, prompt.inputSchema) if prompt.inputSchema else None,
        "sources": [
            {
                "name": server.name,
                "data": server.spec.dataClass,
                "hints": server.spec.trust,
                "hosts": server.spec.egress,
            }
            for server in servers
        ],
        "spaces": list(_spaces(fleet, agent)),
        "logs": [_log(system) for system in systems(fleet, agent)],
        "silent": [server.name for server in servers if not server.spec.audit],
    }


def _spaces(fleet: Fleet, agent: Resource[Agent]) -> Iterator[Facts]:
    """The context spaces that it uses."""
    for space in fleet.graph.all(ContextSpace):
        reads = agent.name in space.spec.readers
        writes = any(writer.agent == agent.name for writer in space.spec.writers)
        if reads or writes:
            yield {
                "name": space.name,
                "reads": reads,
                "writes": writes,
                "data": space.spec.dataClass,
                "ttl": space.spec.ttl,
                "redaction": space.spec.redaction,
            }


def _log(system: System) -> Facts:
    """What a system's record says of its logs."""
    logging = system.record.spec.logging if system.record else None
    if logging is None:
        return {"project": system.project.name, "answered": False}
    return {
        "project": system.project.name,
        "answered": True,
        "events": logging.events,
        "store": logging.store,
        "days": logging.retentionDays,
    }
