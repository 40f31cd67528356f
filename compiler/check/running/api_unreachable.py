"""A NetworkPolicy allows addresses, not names: to let a pod call the Kubernetes API, the address
must be known.
"""

from __future__ import annotations

from collections.abc import Iterator

from compiler.derive import Fleet
from compiler.diagnostic import Diagnostic, Rule, Severity
from compiler.graph import Resource
from compiler.model import Cluster

RULE = Rule(
    "api-unreachable",
    Severity.ERROR,
    "network policy blocks a pod from the Kubernetes API that it calls",
)


def check(fleet: Fleet) -> Iterator[Diagnostic]:
    """Every cluster whose `api` is not given, though something there calls it."""
    callers: dict[str, tuple[Resource[Cluster], set[str]]] = {}
    for server in fleet.servers:
        if server.gateway and server.gateway.calls_api and server.callers:
            callers.setdefault(server.cluster.name, (server.cluster, set()))[1].add("tool-gateway")
        if any(server.rights.values()):
            callers.setdefault(server.cluster.name, (server.cluster, set()))[1].add(server.name)
    for agent in fleet.agents:
        if agent.rights:
            callers.setdefault(agent.cluster.name, (agent.cluster, set()))[1].add(agent.name)
    for cluster, names in callers.values():
        if cluster.spec.api is None:
            listed = ", ".join(f"`{name}`" for name in sorted(names))
            yield RULE.at(
                cluster.name_span,
                f"cluster `{cluster.name}` does not say where its API is; {listed} must reach it",
                help="add `api: {cidrs: [10.0.0.4/32]}` with the addresses of its endpoints",
            )
