"""What each tool gateway's reader states about the product, for the readers of other layers."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from compiler.verify.artefacts import Artefacts, Object
from compiler.verify.labels import Labels
from compiler.verify.relation import Instance

TOOL_GATEWAY = "tool-gateway"
"""The name of a namespace's tool gateway, and the audience of the tokens that agents show to it."""
GATEWAY_API = "gateway.networking.k8s.io"


@dataclass(frozen=True, slots=True)
class Pod:
    """One pod for all replicas: its labels and account, and the ports on which it listens.

    `private` are ports for the pod's own containers; another pod that reached one would pass
    every check.
    """

    namespace: str
    name: str
    role: str  # `agent`, `mcp-server`, `proxy`, or another component
    account: str
    labels: Labels = field(hash=False)
    ports: tuple[int, ...] = ()
    private: tuple[int, ...] = ()
    named: Mapping[str, int] = field(default_factory=dict, hash=False)


class Endpoint(NamedTuple):
    """Where a gateway takes the calls to a server: a Service of its namespace, and a path."""

    scheme: str
    service: str
    path: str


class Gateway(NamedTuple):
    """A tool gateway, as its documentation describes it."""

    name: str  # as in the platform's `layers`
    pods: Callable[[Artefacts, str], Iterator[Pod]]  # its proxies in a cluster
    account: Callable[[str], str]  # the service account of its proxies, by namespace
    endpoint: Callable[[Instance], Endpoint]
    token: bool = True  # whether agents show it a token
    prefix: str = ""  # what it puts before the names of tools; `{}` is the server's name


def by_path(server: Instance) -> Endpoint:
    """The endpoint of a server behind a gateway that routes by path."""
    return Endpoint("http", TOOL_GATEWAY, f"/{server.server}")


def of_class(
    artefacts: Artefacts, cluster: str, class_name: str
) -> Mapping[tuple[str, str], Object]:
    """The Gateways of one class, by namespace and name."""
    return {
        (gateway.namespace, gateway.name): gateway
        for gateway in artefacts.all(cluster, "Gateway", GATEWAY_API)
        if gateway.spec["gatewayClassName"].text() == class_name
    }


def proxy(gateway: Object, account: str, labels: Labels, private: tuple[int, ...] = ()) -> Pod:
    """The pod that a controller makes for a Gateway, with those labels among others."""
    ports = tuple(listener["port"].number() for listener in gateway.spec["listeners"].items())
    extra = gateway.spec["infrastructure"]["labels"].pairs()
    return Pod(
        gateway.namespace, gateway.name, "proxy", account, {**extra, **labels}, ports, private
    )
