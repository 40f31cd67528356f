"""Kubernetes: the objects of every agent, server and namespace, one file each."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.derive import Fleet
from compiler.emit.clusters.workloads import agents, namespaces, network, servers
from compiler.emit.format.kubernetes.proxies import proxy_file
from compiler.file import File
from compiler.model import Cluster

FOLDERS: tuple[str, ...] = ("clusters",)


def emit(fleet: Fleet) -> Iterator[File]:
    """All objects of all clusters."""
    for cluster in fleet.graph.all(Cluster):
        yield from namespaces.emit(fleet, cluster)
    for server in fleet.servers:
        yield from servers.emit(fleet, server)
    for agent in fleet.agents:
        yield from agents.emit(fleet, agent)
    for proxy in fleet.proxies:
        yield proxy_file(fleet, proxy, network.of_proxy(fleet, proxy))
