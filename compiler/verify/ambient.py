"""The ambient mesh of one cluster: what is captured, what is strict, and what stands before a pod.

A request comes to a pod straight, judged by its ztunnel, or through the waypoint of one of its
Services, judged there tool by tool, if the pod's ztunnel lets that waypoint in.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from compiler.verify import istio
from compiler.verify.artefacts import Artefacts, Object, by_namespace
from compiler.verify.callers import Caller
from compiler.verify.gateway import Pod
from compiler.verify.istio import Policy, Request
from compiler.verify.labels import Labels, has
from compiler.verify.pods import HBONE, MESH_CLASS, namespaces

USE = "istio.io/use-waypoint"
USE_NAMESPACE = "istio.io/use-waypoint-namespace"
FOR = "istio.io/waypoint-for"
MODE = "istio.io/dataplane-mode"
HTTP = ("http", "http2", "grpc", "kubernetes.io/h2c", "kubernetes.io/ws")


@dataclass(frozen=True, slots=True)
class Mesh:
    """What enforces in one cluster; policies, strictness and Services by namespace."""

    name: str
    policies: Mapping[str, tuple[Policy, ...]]
    strictness: Mapping[str, tuple[Object, ...]]
    services: Mapping[str, tuple[Object, ...]]
    waypoints: frozenset[Caller]
    homes: Mapping[str, Labels]


class Way(NamedTuple):
    """A way to a pod through the waypoint of one of its Services, and what is enforced there.

    Unless the Service says that it speaks HTTP, the waypoint sees connections only.
    """

    waypoint: Caller
    policies: tuple[Policy, ...]
    http: bool

    def lets(self, request: Request) -> bool:
        """Whether the waypoint lets a request through."""
        judge = istio.waypoint if self.http else istio.ztunnel
        return judge(self.policies, request)


@dataclass(frozen=True, slots=True)
class Gate:
    """What stands before one pod: its own policies, and those of each waypoint that it lets in."""

    captured: bool
    own: tuple[Policy, ...]
    ways: tuple[Way, ...]

    def lets(self, request: Request) -> bool:
        """Whether a request arrives. Before a pod outside of the mesh, nothing stands."""
        if not self.captured or istio.ztunnel(self.own, request):
            return True
        return any(way.lets(request) for way in self.ways)

    @property
    def named(self) -> frozenset[str]:
        """Every word of its policies."""
        policies = (*self.own, *(policy for way in self.ways for policy in way.policies))
        return frozenset().union(*(policy.named for policy in policies))


def mesh(artefacts: Artefacts, cluster: str) -> Mesh:
    """The objects of a cluster that concern the mesh."""
    gateways = artefacts.all(cluster, "Gateway", "gateway.networking.k8s.io")
    policies = artefacts.all(cluster, "AuthorizationPolicy", "security.istio.io")
    return Mesh(
        cluster,
        by_namespace(istio.policy(one) for one in policies),
        by_namespace(artefacts.all(cluster, "PeerAuthentication", "security.istio.io")),
        by_namespace(artefacts.all(cluster, "Service", "")),
        frozenset(Caller(one.namespace, one.name) for one in gateways if _serves(one)),
        namespaces(artefacts, cluster),
    )


def _serves(gateway: Object) -> bool:
    """Whether it is a waypoint for what is addressed to Services."""
    kind = gateway.spec["gatewayClassName"].text()
    listens = any(
        (listener["protocol"].text(), listener["port"].number()) == ("HBONE", HBONE)
        for listener in gateway.spec["listeners"].items()
    )
    served = gateway.labels.get(FOR, "service") in ("service", "all")
    return kind == MESH_CLASS and listens and served


def captured(known: Mesh, pod: Pod) -> bool:
    """Whether a pod is in the mesh: its own label decides, then its namespace's."""
    inherited = known.homes.get(pod.namespace, {}).get(MODE)
    return pod.labels.get(MODE, inherited) == "ambient"


def strict(known: Mesh, pod: Pod) -> bool:
    """Whether mutual TLS is demanded: the nearest PeerAuthentication that sets a mode decides.

    Where several are equally near the oldest wins, and no file tells its age: all must agree.
    """
    levels = [
        [one.spec for one in known.strictness.get(home, ()) if _selects(one, pod) is selected]
        for home, selected in ((pod.namespace, True), (pod.namespace, False), (istio.ROOT, False))
    ]
    ports = {
        port["mode"].text() for spec in levels[0] for _, port in spec["portLevelMtls"].fields()
    }
    for level in levels:
        if modes := {spec["mtls"]["mode"].text("UNSET") for spec in level} - {"UNSET"}:
            return modes | ports == {"STRICT"}
    return False


def _selects(one: Object, pod: Pod) -> bool | None:
    """Whether it selects this pod by labels, no pod by labels, or (None) other pods."""
    wanted = one.spec["selector"]["matchLabels"].pairs()
    if not wanted:
        return False
    return True if has(pod.labels, wanted) else None


def gate(known: Mesh, pod: Pod, port: int) -> Gate:
    """All that stands before a port of a pod."""
    near = (*known.policies.get(pod.namespace, ()), *known.policies.get(istio.ROOT, ()))
    own, inside = istio.for_pod(near, pod.namespace, pod.labels), captured(known, pod)
    ways = [
        Way(waypoint, enforced(known, waypoint, pod.namespace, service.name), _speaks_http(service))
        for service in known.services.get(pod.namespace, ())
        if _leads(service, pod) and (waypoint := _waypoint(known, service))
        if not inside or istio.ztunnel(own, Request(waypoint, port))
    ]
    return Gate(inside, own, tuple(ways))


def _speaks_http(service: Object) -> bool:
    """Whether every port says so: by `appProtocol`, or else by how its name begins."""
    ports = [
        port["appProtocol"].text() or port["name"].text().partition("-")[0]
        for port in service.spec["ports"].items()
    ]
    return all(said in HTTP for said in ports)


def _leads(service: Object, pod: Pod) -> bool:
    wanted = service.spec["selector"].pairs()
    return bool(wanted) and has(pod.labels, wanted)


def _waypoint(known: Mesh, service: Object) -> Caller | None:
    """The waypoint of a Service, by its own label or else its namespace's; None: there is none."""
    inherited = known.homes.get(service.namespace, {})
    labels = service.labels if USE in service.labels else inherited
    found = Caller(labels.get(USE_NAMESPACE, service.namespace), labels.get(USE, "none"))
    return found if found in known.waypoints else None


def enforced(known: Mesh, waypoint: Caller, home: str, service: str) -> tuple[Policy, ...]:
    """What a waypoint enforces for a Service: policies for the Service, for it, for its class."""
    places = {
        (home, ("Service", service)),
        (waypoint.namespace, ("Gateway", waypoint.account)),
        (istio.ROOT, ("GatewayClass", MESH_CLASS)),
    }
    return tuple(
        policy
        for there in sorted({there for there, _ in places})
        for policy in known.policies.get(there, ())
        if any((there, target) in places for target in policy.targets)
    )
