"""Kubernetes: the objects of every agent, server and namespace, one file each."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.derive import Fleet
from compiler.derive.fleet import ServerDeployment
from compiler.emit.clusters.proxies import Proxy, origins, proxies
from compiler.emit.clusters.workloads import agents, namespaces, network, servers
from compiler.emit.format.kubernetes.objects import file
from compiler.file import File
from compiler.model import Cluster

FOLDERS: tuple[str, ...] = ("clusters",)


def emit(fleet: Fleet) -> Iterator[File]:
    """All objects of all clusters."""
    for cluster in fleet.graph.all(Cluster):
        yield from namespaces.emit(fleet, cluster)
    standing = {
        (proxy.cluster.name, proxy.namespace, proxy.gate): proxy for proxy in proxies(fleet)
    }

    def before(server: ServerDeployment) -> Proxy | None:
        key = (server.cluster.name, server.namespace, server.gate)
        return standing.get(key) if server.clients else None

    for server in fleet.servers:
        yield from servers.emit(fleet, server, before(server))
    for agent in fleet.agents:
        yield from agents.emit(fleet, agent, before)
    for proxy in standing.values():
        policy = network.of_proxy(fleet, proxy)
        yield file(proxy.folder, proxy.cluster, policy, *origins(fleet, proxy))
