"""The context store: who may do what in it, and how much memory it may fill.

Topics of a Redis Streams event bus are keys of the same store: the plan has one Redis and no budget
for a second, agents reach no other, and one list of users decides about both.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypedDict

from compiler.chart.facts import Peer, Workload, agents, connections, peer, workload
from compiler.derive.components import BESIDE, Part
from compiler.derive.context import keyspaces, password, user
from compiler.derive.fleet import Fleet
from compiler.derive.quantity import in_bytes
from compiler.emit.format.kubernetes.containers import resources
from compiler.graph import Resource
from compiler.model import Cluster

_HEADROOM = 4
"""A quarter of what is requested stays free: a rewrite of the log copies what changes meanwhile."""


class User(TypedDict):
    """One user of the store: where its password lies, and its rights by key pattern."""

    name: str
    password: str
    keys: dict[str, str]


class ContextStore(Workload):
    """What decides on the store's objects."""

    port: int
    maxmemory: int
    users: list[User]
    beside: dict[str, Any]


def context_store(
    fleet: Fleet, cluster: Resource[Cluster], parts: Mapping[str, Part], part: Part
) -> ContextStore:
    """The facts: a user for each agent that has a context space, and one for the engine."""
    port, guests = fleet.platform.contextStore.port, list[Peer]()
    users: list[User] = []
    for agent in fleet.agents:
        if agent.cluster is cluster and (spaces := keyspaces(fleet, agent)):
            keys = {f"ctx:{space}:*": rights for space, rights in spaces.items()}
            users.append({"name": user(agent), "password": password(agent), "keys": keys})
            guests += agents((agent,))
    engine, topics = parts.get("workflowEngine"), _topics(fleet)
    if engine is not None:
        secret = f"platform/{engine.name}/context-store"
        users.append({"name": engine.name, "password": secret, "keys": topics})
        guests.append(peer(engine))
    copies = [peer(part)] if part.replicas > 1 else []
    base = workload(
        fleet, cluster, part, connections(guests + copies, port), connections(copies, port)
    )
    return {
        **base,
        "port": port,
        "maxmemory": in_bytes(part.resources.requests.memory) * (_HEADROOM - 1) // _HEADROOM,
        "users": users,
        "beside": resources(BESIDE),
    }


def _topics(fleet: Fleet) -> dict[str, str]:
    """Events are read and acknowledged; what no workflow can take goes to a stream of its own."""
    bus = fleet.platform.eventBus
    topics = bus.topics if bus.kind == "redis-streams" else ()
    events = {f"events:{topic}": "RW" for topic in topics}
    return events | {f"events:{topic}:dead": "W" for topic in topics}
