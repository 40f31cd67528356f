"""What decides on each component's objects, as plain JSON: the fleet in, facts out.

A component's objects follow from these facts and from nothing else, so that a chart whose facts and
source are unchanged need not run again.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple, TypedDict

from compiler.derive.components import Part
from compiler.derive.fleet import AgentDeployment, Fleet
from compiler.derive.gates import meshed
from compiler.derive.quantity import canonical
from compiler.emit.format.kubernetes import labels
from compiler.emit.format.kubernetes.containers import resources
from compiler.emit.format.kubernetes.labels import pods_of, selector
from compiler.emit.format.kubernetes.secrets import Store, store
from compiler.graph import Resource
from compiler.model import Cluster


class Peer(TypedDict):
    """Pods that talk to a component, or to which it talks."""

    namespace: str
    labels: dict[str, str]


class Connection(TypedDict):
    """Pods that connect to a component, or to which it connects, and at which ports."""

    peers: list[Peer]
    ports: list[int]


class Workload(TypedDict):
    """What is the same for every component."""

    name: str
    namespace: str
    selector: dict[str, str]
    labels: dict[str, str]
    domain: str
    image: str
    replicas: int
    resources: dict[str, Any]
    size: str
    meshed: bool
    secrets: Store
    ingress: list[Connection]
    egress: list[Connection]
    internet: list[int]


class Site(NamedTuple):
    """A component in a cluster, and the components that are deployed beside it, by key."""

    fleet: Fleet
    cluster: Resource[Cluster]
    parts: Mapping[str, Part]
    part: Part


def workload(
    site: Site,
    ingress: list[Connection],
    egress: list[Connection] | None = None,
    internet: list[int] | None = None,
) -> Workload:
    """The facts of a component, and its connections; `internet`: ports of public addresses."""
    fleet, part = site.fleet, site.part
    own = selector(part.name, part.name)
    return {
        "name": part.name,
        "namespace": part.namespace,
        "selector": own,
        "labels": {**own, **labels.of_project(fleet)},
        "domain": fleet.platform.labelDomain,
        "image": str(part.image),
        "replicas": part.replicas,
        "resources": resources(part.resources),
        "size": canonical(part.size) if part.size else "",
        "meshed": meshed(fleet.platform, site.cluster.spec),
        "secrets": store(fleet.platform.secretStore),
        "ingress": ingress,
        "egress": egress or [],
        "internet": internet or [],
    }


def connections(peers: list[Peer], *ports: int) -> list[Connection]:
    """One connection; none where there is no peer, as an empty list would mean everybody."""
    return [{"peers": peers, "ports": list(ports)}] if peers else []


def peer(part: Part) -> Peer:
    """The pods of a component."""
    return {"namespace": part.namespace, "labels": selector(part.name, part.name)}


def agents(some: Iterable[AgentDeployment]) -> list[Peer]:
    """The pods of agents."""
    return [{"namespace": agent.namespace, "labels": pods_of(agent)} for agent in some]


def team(site: Site) -> list[Peer]:
    """The pods of every agent that runs in the cluster."""
    return agents(agent for agent in site.fleet.agents if agent.cluster is site.cluster)
