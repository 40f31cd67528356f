"""Where a URL leads: the instance of a server, or the gateway of a namespace and a path there."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from compiler.verify.artefacts import Artefacts, Node
from compiler.verify.labels import has
from compiler.verify.pods import GATEWAY, Pod, hex12, pods
from compiler.verify.relation import Instance
from compiler.verify.specs import World

_SERVICE = re.compile(r"([a-z0-9-]+)\.([a-z0-9-]+)(?:\.svc(?:\.cluster\.local\.?)?)?")
_URL = re.compile(r"(https?)://([a-z0-9.-]+)(?::([0-9]{1,5}))?(/[^?#]*)?")


class Place(NamedTuple):
    """A Service in the cluster, a port of it and a path."""

    scheme: str
    namespace: str
    service: str
    port: int
    path: str


def place(url: str) -> Place | None:
    """The Service that a URL names; None where it names something else."""
    match = _URL.fullmatch(url)
    service = _SERVICE.fullmatch(match[2]) if match else None
    if match is None or service is None:
        return None
    port = int(match[3] or {"http": 80, "https": 443}[match[1]])
    return Place(match[1], service[2], service[1], port, match[4] or "/")


@dataclass(frozen=True, slots=True)
class Doors:
    """The ports at which each server is reached through its Service, and each tool gateway."""

    servers: Mapping[Instance, frozenset[int]]
    gateways: Mapping[str, tuple[int, ...]]


def doors(world: World, artefacts: Artefacts, cluster: str) -> Doors:
    """The Services that are named like a server, choose its pods, and lead to its port."""
    found: defaultdict[Instance, set[int]] = defaultdict(set)
    present = tuple(pods(artefacts, cluster))
    servers = {Instance(p.namespace, p.name): p for p in present if p.role == "mcp-server"}
    for service in artefacts.all(cluster, "Service", ""):
        one = Instance(service.namespace, service.name)
        pod, wanted = servers.get(one), service.spec["selector"].pairs()
        if pod and one in world.users(cluster) and wanted and has(pod.labels, wanted):
            for port in service.spec["ports"].items():
                if _behind(port, pod) == world.servers[one.server].port:
                    found[one].add(port["port"].number())
    return Doors(
        {one: frozenset(ports) for one, ports in found.items()},
        {pod.namespace: pod.ports for pod in present if pod.name == GATEWAY},
    )


def _behind(port: Node, pod: Pod) -> int | None:
    """The port of the pod behind a port of its Service."""
    target = port["targetPort"]
    if isinstance(target.value, str):
        return pod.named.get(target.text())
    return target.number(port["port"].number())


def instance(world: World, known: Doors, host: str, port: int, path: str) -> Instance | None:
    """The server that is reached at an address inside a cluster, if the specs have one."""
    match = _SERVICE.fullmatch(host)
    found = Instance(match[2], match[1]) if match else None
    if found is None or port not in known.servers.get(found, ()):
        return None
    return found if path == world.servers[found.server].path else None


def destinations(world: World, cluster: str, known: Doors, url: str) -> tuple[Instance, ...]:
    """The servers to which an agent's URL leads, by the gate that the specs put before each.

    A URL past a server's gate leads nowhere: the network refuses it.
    """
    to = place(url)
    return tuple(
        one for one in world.users(cluster) if to and to in _addresses(world, cluster, known, one)
    )


def _addresses(world: World, cluster: str, known: Doors, one: Instance) -> Iterator[Place]:
    """Where an agent calls a server: at its gateway, or else straight."""
    home, name = one
    gateways = {
        "agentgateway": ("http", GATEWAY, f"/{name}"),
        "envoy-ai-gateway": ("http", GATEWAY, f"/{name}"),
        "agentic-networking": ("https", f"envoy-proxy-{hex12(home, GATEWAY)}", f"/{name}"),
        "toolhive": ("http", f"vmcp-{GATEWAY}", "/mcp"),
    }
    straight = ("http", name, world.servers[name].path)
    gate = world.gate(cluster, name)
    scheme, service, path = gateways.get(gate, straight)
    ports = known.gateways.get(home, ()) if gate in gateways else known.servers.get(one, ())
    return (Place(scheme, home, service, port, path) for port in ports)
