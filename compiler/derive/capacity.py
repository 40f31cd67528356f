"""Capacity: the pods of every component and what they take, to be held against the budget."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from compiler.derive.deployments import Deployments
from compiler.derive.fleet import Load
from compiler.derive.quantity import in_bytes, millicores
from compiler.graph import Graph
from compiler.model import Amounts, Cluster, Platform, Resources


def amounts(value: Amounts) -> tuple[int, int]:
    """Millicores and bytes."""
    return millicores(value.cpu), in_bytes(value.memory)


def loads(graph: Graph, running: Deployments) -> Iterator[Load]:
    """One load for each agent, server and store in each cluster."""
    platform = graph.all(Platform)[0].spec
    store, space = platform.contextStore, platform.namespaces.infrastructure
    for cluster in graph.all(Cluster):
        if store.kind != "managed":
            pods = (store.replicas, store.replicas)
            where = (cluster.name, space, "", "context-store")
            yield _load(where, "infrastructure", pods, store.resources)
    for server in running.servers:
        home = server.project.name if server.project else ""
        where = (server.cluster.name, server.namespace, home, server.name)
        yield _load(where, "servers", (server.typical, server.maximum), server.resources)
    for agent in running.agents:
        where = (agent.cluster.name, agent.namespace, agent.project.name, agent.name)
        yield _load(where, "agents", (agent.replicas, agent.replicas), agent.resources)


def _load(
    where: tuple[str, str, str, str],
    part: Literal["servers", "agents", "infrastructure"],
    pods: tuple[int, int],
    each: Resources,
) -> Load:
    return Load(*where, part, *pods, amounts(each.requests), amounts(each.limits))
