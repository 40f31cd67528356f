"""Proxies: the waypoint and the tool gateway of each namespace that has servers behind one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from compiler.derive.fleet import ServerDeployment
from compiler.gateways import Gateway
from compiler.graph import Resource
from compiler.model import Cluster, Project


@dataclass(frozen=True, slots=True, eq=False)
class Proxy:
    """A proxy in a namespace, the servers behind it, and the agents with grants on them."""

    cluster: Resource[Cluster]
    project: Resource[Project] | None  # None: before shared servers
    namespace: str
    gateway: Gateway
    meshed: bool
    servers: tuple[ServerDeployment, ...]
    clients: tuple[tuple[str, str], ...]

    @property
    def name(self) -> str:
        """The name of its Gateway, or of the object that the product has instead."""
        return self.gateway.pods.name

    @property
    def account(self) -> str:
        """The ServiceAccount of its pods."""
        return self.gateway.pods.account(self.namespace)

    @property
    def labels(self) -> dict[str, str]:
        """The labels of its pods."""
        return self.gateway.pods.labels(self.namespace)


def proxies(servers: Iterable[ServerDeployment]) -> tuple[Proxy, ...]:
    """Every proxy that something granted goes through, by cluster, namespace and product."""
    groups: dict[tuple[str, str, str], list[ServerDeployment]] = {}
    for server in servers:
        if server.gateway is not None and server.clients:
            key = (server.cluster.name, server.namespace, server.gateway.name)
            groups.setdefault(key, []).append(server)
    return tuple(_proxy(group) for _, group in sorted(groups.items()))


def _proxy(servers: list[ServerDeployment]) -> Proxy:
    first = servers[0]
    assert first.gateway is not None, first.name
    return Proxy(
        cluster=first.cluster,
        project=first.project,
        namespace=first.namespace,
        gateway=first.gateway,
        meshed=first.meshed,
        servers=tuple(servers),
        clients=tuple(sorted({client for server in servers for client in server.clients})),
    )
