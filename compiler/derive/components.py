"""The platform's components in each cluster, with the sizes that hold there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from compiler.graph import Graph
from compiler.model import Amounts, Cluster, Image, Platform, Resources
from compiler.model.components import Component, Components, ComponentSize
from compiler.source import Route

STORE = "context-store"
"""The name of the context store's Service, as it stands in the agents' settings."""

RELOADER = Resources(
    requests=Amounts(cpu="10m", memory="16M"), limits=Amounts(cpu="100m", memory="64M")
)
"""The resources of the container beside each Redis that reloads its users."""


@dataclass(frozen=True, slots=True)
class Part:
    """One component in one cluster."""

    key: str  # in the Platform's `components`, or `contextStore`
    name: str
    namespace: str
    image: Image
    replicas: int
    resources: Resources
    size: str | None  # of the volume of each replica

    @property
    def route(self) -> Route:
        """Where the Platform describes it."""
        return ("contextStore",) if self.key == "contextStore" else ("components", self.key)


def described(platform: Platform) -> Iterator[tuple[str, Component]]:
    """The components that the Platform describes, by the key below `components`."""
    for key in Components.model_fields if platform.components else ():
        component: Component | None = getattr(platform.components, key)
        if component is not None:
            yield key, component


def parts(graph: Graph) -> Mapping[str, tuple[Part, ...]]:
    """The components that are deployed in each cluster, by its name; the context store first."""
    platform = graph.all(Platform)[0].spec
    return {cluster.name: tuple(_parts(platform, cluster.spec)) for cluster in graph.all(Cluster)}


def _parts(platform: Platform, cluster: Cluster) -> Iterator[Part]:
    if platform.components is None:
        return
    store, sizes = platform.contextStore, cluster.sizes.components
    if store.kind == "StatefulSet" and store.image is not None:
        home = platform.namespaces.infrastructure
        whole = store.replicas, store.resources, store.size
        yield _part("contextStore", STORE, home, store.image, *whole, sizes.contextStore)
    for key, component in described(platform):
        name, space = _place(platform, key)
        count, size = (
            getattr(component, "replicas", 1),
            getattr(component, "size", _queue(platform, key)),
        )
        usual = count, component.resources, size
        yield _part(key, name, space, component.image, *usual, getattr(sizes, key))


def _part(
    key: str,
    name: str,
    namespace: str,
    image: Image,
    replicas: int,
    resources: Resources,
    size: str | None,
    sizes: ComponentSize,
) -> Part:
    return Part(
        key=key,
        name=name,
        namespace=namespace,
        image=image,
        replicas=getattr(sizes, "replicas", None) or replicas,
        resources=sizes.resources or resources,
        size=getattr(sizes, "size", None) or size,
    )


def _queue(platform: Platform, key: str) -> str | None:
    """The volume in which a collector keeps what the audit store has not taken yet."""
    return platform.audit.queue if platform.audit and key == "collector" else None


def _place(platform: Platform, key: str) -> tuple[str, str]:
    """The name and namespace of a component: as the platform names it, or as its key."""
    infrastructure, workflows = platform.namespaces.infrastructure, platform.namespaces.workflows
    registry, engine = platform.registry.name, platform.workflowEngine.name
    named = {
        "registry": (registry, infrastructure),
        "registryDatabase": (f"{registry}-database", infrastructure),
        "workflowEngine": (engine, workflows),
        "workflowDatabase": (f"{engine}-database", workflows),
        "collector": (platform.collector.name, infrastructure),
    }
    return named.get(key, (key.lower(), infrastructure))
