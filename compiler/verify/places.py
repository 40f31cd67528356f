"""The servers behind a URL: of a Service, or of a path at the gateway of a namespace."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from compiler.verify.artefacts import Artefacts, Node
from compiler.verify.gateway import TOOL_GATEWAY, Endpoint, Pod
from compiler.verify.labels import has
from compiler.verify.pods import pods
from compiler.verify.relation import Instance
from compiler.verify.specs import Estate

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
    """The Service that a URL names; None if it names something else."""
    match = _URL.fullmatch(url)
    service = _SERVICE.fullmatch(match[2]) if match else None
    if match is None or service is None:
        return None
    port = int(match[3] or {"http": 80, "https": 443}[match[1]])
    return Place(match[1], service[2], service[1], port, match[4] or "/")


@dataclass(frozen=True, slots=True)
class Addresses:
    """The ports of each server's Service, and the servers at each place that agents call."""

    ports: Mapping[Instance, frozenset[int]]
    agents: Mapping[Place, tuple[Instance, ...]]


def find_addresses(estate: Estate, artefacts: Artefacts, cluster: str) -> Addresses:
    """The addresses of a cluster's servers.

    A Service belongs to the server of its name; its ports count if they lead to the server's own.
    """
    present = tuple(pods(estate, artefacts, cluster))
    ports = _ports(estate, artefacts, cluster, present)
    gateways = {pod.namespace: pod.ports for pod in present if pod.name == TOOL_GATEWAY}
    agents: defaultdict[Place, list[Instance]] = defaultdict(list)
    for server in estate.users(cluster):
        gate = estate.gate(cluster, server.server)
        direct = gate in ("", "mesh")
        for port in ports.get(server, ()) if direct else gateways.get(server.namespace, ()):
            agents[_address(estate, gate, server, port)].append(server)
    return Addresses(ports, {place: tuple(some) for place, some in agents.items()})


def _address(estate: Estate, gate: str, server: Instance, port: int) -> Place:
    """Where agents call a server: at its gateway, or else directly."""
    home, name = server
    gateway = estate.gateways.get(gate)
    direct = Endpoint("http", name, estate.servers[name].path)
    scheme, service, path = gateway.endpoint(server) if gateway else direct
    return Place(scheme, home, service, port, path)


def _ports(
    estate: Estate, artefacts: Artefacts, cluster: str, present: Iterable[Pod]
) -> Mapping[Instance, frozenset[int]]:
    servers = {Instance(p.namespace, p.name): p for p in present if p.role == "mcp-server"}
    numbers: defaultdict[Instance, set[int]] = defaultdict(set)
    for service in artefacts.all(cluster, "Service", ""):
        server = Instance(service.namespace, service.name)
        pod, wanted = servers.get(server), service.spec["selector"].pairs()
        if pod and server in estate.users(cluster) and wanted and has(pod.labels, wanted):
            for port in service.spec["ports"].items():
                if _behind(port, pod) == estate.servers[server.server].port:
                    numbers[server].add(port["port"].number())
    return {server: frozenset(some) for server, some in numbers.items()}


def _behind(port: Node, pod: Pod) -> int | None:
    """The port of the pod behind a port of its Service."""
    target = port["targetPort"]
    if isinstance(target.value, str):
        return pod.named.get(target.text())
    return target.number(port["port"].number())


def instance(
    estate: Estate, addresses: Addresses, host: str, port: int, path: str
) -> Instance | None:
    """The server that is reached at an address inside a cluster, if the specs have one."""
    match = _SERVICE.fullmatch(host)
    server = Instance(match[2], match[1]) if match else None
    if server is None or port not in addresses.ports.get(server, ()):
        return None
    return server if path == estate.servers[server.server].path else None


def destinations(addresses: Addresses, url: str) -> tuple[Instance, ...]:
    """The servers to which an agent's URL leads, at the gateway that the specs put before each.

    A URL past a server's gateway leads nowhere: the network refuses it.
    """
    to = place(url)
    return addresses.agents.get(to, ()) if to else ()
