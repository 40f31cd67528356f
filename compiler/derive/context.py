"""Context spaces as rights: which agent at work reads or writes which keyspace of the store."""

from __future__ import annotations

from collections.abc import Mapping

from compiler.derive.components import STORE
from compiler.derive.fleet import AgentDeployment, Fleet
from compiler.model import ContextSpace


def keyspaces(fleet: Fleet, agent: AgentDeployment) -> Mapping[str, str]:
    """The context spaces that an agent uses, by name: whether it reads, writes or both (`RW`).

    A space that belongs to a project is for the agents of that project alone.
    """
    found: dict[str, str] = {}
    for space in fleet.graph.all(ContextSpace):
        if space.spec.project in (None, agent.project.name):
            reads = agent.name in space.spec.readers
            writes = any(writer.agent == agent.name for writer in space.spec.writers)
            if reads or writes:
                found[space.name] = "R" * reads + "W" * writes
    return found


def is_user(fleet: Fleet, agent: AgentDeployment) -> bool:
    """Whether the context store is deployed where an agent is, and knows it."""
    deployed = fleet.parts[agent.cluster.name]
    return any(part.name == STORE for part in deployed) and bool(keyspaces(fleet, agent))


def user(agent: AgentDeployment) -> str:
    """The name under which an agent of a project is known to the context store."""
    return f"{agent.project.name}.{agent.name}"


def password(agent: AgentDeployment) -> str:
    """Where the secret store has its password."""
    return f"{agent.project.name}/{agent.name}/context-store"
