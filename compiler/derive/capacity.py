"""Capacity: the pods of every component and what they take, to be held against the budget."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Literal

from compiler.derive.components import RELOADER, STORE, Part
from compiler.derive.deployments import Deployments
from compiler.derive.fleet import Fleet, Load
from compiler.derive.proxies import Proxy
from compiler.derive.quantity import in_bytes, millicores
from compiler.graph import Graph
from compiler.model import Amounts, Cluster, Platform, Resources
from compiler.model.platform import Prices

DEFAULTS = Resources(
    requests=Amounts(cpu="100m", memory="256M"), limits=Amounts(cpu="500m", memory="512M")
)
"""What a container takes without resources of its own: the LimitRange of our namespaces."""


def amounts(value: Amounts) -> tuple[int, int]:
    """Millicores and bytes."""
    return millicores(value.cpu), in_bytes(value.memory)


def loads(
    graph: Graph,
    parts: Mapping[str, tuple[Part, ...]],
    running: Deployments,
    proxies: Iterable[Proxy],
) -> Iterator[Load]:
    """One load for each agent, server, proxy and component in each cluster."""
    yield from _components(graph, parts)
    yield from map(_proxy, proxies)
    for server in running.servers:
        home = server.project.name if server.project else ""
        where = (server.cluster.name, server.namespace, home, server.name)
        yield _load(where, "servers", (server.typical, server.maximum), server.resources)
    for agent in running.agents:
        where = (agent.cluster.name, agent.namespace, agent.project.name, agent.name)
        yield _load(where, "agents", (agent.replicas, agent.replicas), agent.resources)


def _components(graph: Graph, parts: Mapping[str, tuple[Part, ...]]) -> Iterator[Load]:
    """The platform's own; a context store in the cluster counts, whatever deploys it."""
    platform = graph.all(Platform)[0].spec
    store, space = platform.contextStore, platform.namespaces.infrastructure
    for cluster in graph.all(Cluster):
        deployed = parts[cluster.name]
        for part in deployed:
            where = (cluster.name, part.namespace, "", part.name)
            each = part.resources
            load = _load(where, "infrastructure", (part.replicas, part.replicas), each)
            yield _with_reloader(load) if part.key == "contextStore" else load
        if store.kind != "managed" and not any(
            part.key == "contextStore" for part in parts[cluster.name]
        ):
            pods = (store.replicas, store.replicas)
            yield _load((cluster.name, space, "", STORE), "infrastructure", pods, store.resources)


def _with_reloader(load: Load) -> Load:
    """With the container that reloads the users of each Redis."""
    requests, limits = amounts(RELOADER.requests), amounts(RELOADER.limits)
    return replace(
        load,
        requests=(load.requests[0] + requests[0], load.requests[1] + requests[1]),
        limits=(load.limits[0] + limits[0], load.limits[1] + limits[1]),
    )


def _proxy(proxy: Proxy) -> Load:
    """A pod of the size that a namespace's LimitRange gives."""
    project = proxy.project.name if proxy.project else ""
    where = (proxy.cluster.name, proxy.namespace, project, proxy.name)
    return _load(where, "infrastructure", (1, 1), DEFAULTS)


def _load(
    where: tuple[str, str, str, str],
    part: Literal["servers", "agents", "infrastructure"],
    pods: tuple[int, int],
    each: Resources,
) -> Load:
    return Load(*where, part, *pods, amounts(each.requests), amounts(each.limits))


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a capacity table: sums over its pods, in millicores and bytes."""

    cluster: str
    namespace: str
    project: str
    component: str
    pods: int
    maximum: int
    requests: tuple[int, int]
    limits: tuple[int, int]

    def cost(self, prices: Prices) -> float:
        """US dollars a month for what is requested."""
        cpu, memory = self.requests
        return cpu / 1000 * prices.core + memory / 10**9 * prices.gigabyte

    def as_json(self) -> dict[str, object]:
        """For programs; CPU in millicores, memory in bytes."""
        places = {"cluster": self.cluster, "namespace": self.namespace, "project": self.project}
        return {
            **{name: value for name, value in places.items() if value},
            "component": self.component,
            "pods": self.pods,
            "maximumPods": self.maximum,
            "requests": {"cpu": self.requests[0], "memory": self.requests[1]},
            "limits": {"cpu": self.limits[0], "memory": self.limits[1]},
        }


def budget(fleet: Fleet) -> list[Row]:
    """The platform's budget, part by part."""
    rows = []
    for part in fleet.platform.budget.rows:
        pods = part.units * part.pods
        requests, limits = amounts(part.each.requests), amounts(part.each.limits)
        sums = _times(requests, pods), _times(limits, pods)
        rows.append(Row("", "", "", part.name, pods, pods, *sums))
    return rows


def usage(fleet: Fleet) -> list[Row]:
    """What runs, by cluster, namespace and component."""
    rows = [
        Row(
            load.cluster,
            load.namespace,
            load.project,
            load.component,
            load.pods,
            load.maximum,
            _times(load.requests, load.pods),
            _times(load.limits, load.pods),
        )
        for load in fleet.loads
    ]
    return sorted(rows, key=lambda row: (row.cluster, row.namespace, row.component))


def total(rows: Iterable[Row]) -> Row:
    """The sum of rows."""
    rows = list(rows)
    requests = sum(r.requests[0] for r in rows), sum(r.requests[1] for r in rows)
    limits = sum(r.limits[0] for r in rows), sum(r.limits[1] for r in rows)
    pods, maximum = sum(r.pods for r in rows), sum(r.maximum for r in rows)
    return Row("", "", "", "total", pods, maximum, requests, limits)


def _times(each: tuple[int, int], pods: int) -> tuple[int, int]:
    return each[0] * pods, each[1] * pods
