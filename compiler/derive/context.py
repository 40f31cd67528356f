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
    spaces: dict[str, str] = {}
    for space in fleet.graph.all(ContextSpace):
        if space.spec.project in (None, agent.project.name):
            reads = agent.name in space.spec.readers
            writes = any(writer.agent == agent.name for writer in space.spec.writers)
            if reads or writes:
                spaces[space.name] = "R" * reads + "W" * writes
    return spaces


def is_user(fleet: Fleet, agent: AgentDeployment) -> bool:
    """Whether the context store is deployed in an agent's cluster and has a user for it."""
    deployed = fleet.parts[agent.cluster.name]
    return any(part.name == STORE for part in deployed) and bool(keyspaces(fleet, agent))


def user(agent: AgentDeployment) -> str:
    """The name of an agent's user in the context store."""
    return f"{agent.project.name}.{agent.name}"


def password(agent: AgentDeployment) -> str:
    """The key of its password in the secret store."""
    return f"{agent.project.name}/{agent.name}/context-store"
