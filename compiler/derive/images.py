"""The images that the estate runs, and which of them we build and sign ourselves."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from compiler.derive.components import Part
from compiler.derive.fleet import AgentDeployment, Fleet, ServerDeployment
from compiler.graph import Resource
from compiler.model import Agent, Cluster, Image, MCPServer, Spec
from compiler.source import Route

KYVERNO, SIGSTORE = "kyverno", "sigstore-policy-controller"
"""What can refuse images without a signature, as a cluster lists it among what is installed."""


def guarded(fleet: Fleet, cluster: Resource[Cluster]) -> bool:
    """Whether a cluster refuses our images without a signature and a bill of materials."""
    asked = fleet.platform.supplyChain is not None
    return asked and not {KYVERNO, SIGSTORE}.isdisjoint(cluster.spec.installed)


@dataclass(frozen=True, slots=True, eq=False)
class Named:
    """An image, and what it is for: `agent-financial`, `mcp-server-stripe`, `platform-loki`."""

    name: str
    image: Image
    resource: Resource[Spec]
    route: Route


def built(fleet: Fleet) -> Iterator[Named]:
    """The images that we build: of agents, servers and the platform's components, by name.

    All of these are asked for a signature where they run, so all of them must get one.
    """
    chain = fleet.platform.supplyChain
    prefixes = chain.images if chain else ()
    for agent in fleet.graph.all(Agent):
        if str(agent.spec.image).startswith(prefixes):
            yield Named(f"agent-{agent.name}", agent.spec.image, agent, ("image",))
    for server in fleet.graph.all(MCPServer):
        image = server.spec.image
        if image is not None and str(image).startswith(prefixes):
            yield Named(f"mcp-server-{server.name}", image, server, ("image",))
    components = {part.name: part for parts in fleet.parts.values() for part in parts}
    for _, part in sorted(components.items()):
        if str(part.image).startswith(prefixes):
            yield _component(fleet, part)


def _component(fleet: Fleet, part: Part) -> Named:
    route = (*part.route, "image")
    return Named(f"platform-{part.name}", part.image, fleet.platform_resource, route)


def pinned(fleet: Fleet, cluster: Resource[Cluster]) -> tuple[Named, ...]:
    """The images with a digest that run in a cluster, each once, by name.

    An image without one is not listed: which image ran yesterday is unknown.
    """
    images = (named for named in _running(fleet, cluster) if named.image.digest is not None)
    first: dict[str, Named] = {}
    for named in sorted(images, key=lambda named: named.name):
        first.setdefault(str(named.image), named)
    return tuple(first.values())


def _running(fleet: Fleet, cluster: Resource[Cluster]) -> Iterator[Named]:
    workloads: list[AgentDeployment | ServerDeployment] = [*fleet.agents, *fleet.servers]
    for workload in (w for w in workloads if w.cluster is cluster):
        if isinstance(workload, AgentDeployment):
            agent = workload.agent
            yield Named(f"agent-{agent.name}", agent.spec.image, agent, ("image",))
        elif (image := workload.server.spec.image) is not None:
            yield Named(f"mcp-server-{workload.name}", image, workload.server, ("image",))
    for part in fleet.parts[cluster.name]:
        yield _component(fleet, part)
