"""The ambient mesh of one cluster: captured pods, mutual TLS, and the policies before a pod.

A request reaches a pod directly, where its ztunnel judges it, or through the waypoint of one of its
Services, which judges it tool by tool; then the pod's ztunnel must admit the waypoint.
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
    """The objects that the mesh of a cluster enforces, by namespace."""

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
    """All policies before one pod: its own, and those of each waypoint that it admits."""

    captured: bool
    own: tuple[Policy, ...]
    ways: tuple[Way, ...]

    def lets(self, request: Request) -> bool:
        """Whether a request arrives. No policy applies to a pod outside of the mesh."""
        if not self.captured or istio.ztunnel(self.own, request):
            return True
        return any(way.lets(request) for way in self.ways)

    @property
    def named(self) -> frozenset[str]:
        """All texts of its policies."""
        policies = (*self.own, *(policy for way in self.ways for policy in way.policies))
        return frozenset().union(*(policy.named for policy in policies))


def mesh(artefacts: Artefacts, cluster: str) -> Mesh:
    """The objects of a cluster that concern the mesh."""
    gateways = artefacts.all(cluster, "Gateway", "gateway.networking.k8s.io")
    policies = artefacts.all(cluster, "AuthorizationPolicy", "security.istio.io")
    return Mesh(
        cluster,
        by_namespace(map(istio.policy, policies)),
        by_namespace(artefacts.all(cluster, "PeerAuthentication", "security.istio.io")),
        by_namespace(artefacts.all(cluster, "Service", "")),
        frozenset(Caller(gateway.namespace, gateway.name) for gateway in filter(_serves, gateways)),
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


def captured(mesh: Mesh, pod: Pod) -> bool:
    """Whether a pod is in the mesh: its own label decides, then its namespace's."""
    inherited = mesh.homes.get(pod.namespace, {}).get(MODE)
    return pod.labels.get(MODE, inherited) == "ambient"


def strict(mesh: Mesh, pod: Pod) -> bool:
    """Whether mutual TLS is required: the nearest PeerAuthentication that sets a mode decides.

    Of several at one level the oldest wins, and no file states its age: all must agree.
    """
    levels = [
        [peer.spec for peer in mesh.strictness.get(home, ()) if _selects(peer, pod) is selected]
        for home, selected in ((pod.namespace, True), (pod.namespace, False), (istio.ROOT, False))
    ]
    ports = {
        port["mode"].text() for spec in levels[0] for _, port in spec["portLevelMtls"].fields()
    }
    for level in levels:
        if modes := {spec["mtls"]["mode"].text("UNSET") for spec in level} - {"UNSET"}:
            return modes | ports == {"STRICT"}
    return False


def _selects(authentication: Object, pod: Pod) -> bool | None:
    """Whether it selects this pod by labels, no pod by labels, or (None) other pods."""
    wanted = authentication.spec["selector"]["matchLabels"].pairs()
    if not wanted:
        return False
    return True if has(pod.labels, wanted) else None


def gate(mesh: Mesh, pod: Pod, port: int) -> Gate:
    """All policies before a port of a pod."""
    nearby = (*mesh.policies.get(pod.namespace, ()), *mesh.policies.get(istio.ROOT, ()))
    own, inside = istio.for_pod(nearby, pod.namespace, pod.labels), captured(mesh, pod)
    ways = [
        Way(waypoint, enforced(mesh, waypoint, pod.namespace, service.name), _speaks_http(service))
        for service in mesh.services.get(pod.namespace, ())
        if _leads(service, pod) and (waypoint := _waypoint(mesh, service))
        if not inside or istio.ztunnel(own, Request(waypoint, port))
    ]
    return Gate(inside, own, tuple(ways))


def _speaks_http(service: Object) -> bool:
    """Whether every port says so: by `appProtocol`, or else by how its name begins."""
    ports = [
        port["appProtocol"].text() or port["name"].text().partition("-")[0]
        for port in service.spec["ports"].items()
    ]
    return all(protocol in HTTP for protocol in ports)


def _leads(service: Object, pod: Pod) -> bool:
    wanted = service.spec["selector"].pairs()
    return bool(wanted) and has(pod.labels, wanted)


def _waypoint(mesh: Mesh, service: Object) -> Caller | None:
    """The waypoint of a Service, by its own label or else its namespace's; None: there is none."""
    inherited = mesh.homes.get(service.namespace, {})
    labels = service.labels if USE in service.labels else inherited
    waypoint = Caller(labels.get(USE_NAMESPACE, service.namespace), labels.get(USE, "none"))
    return waypoint if waypoint in mesh.waypoints else None


def enforced(mesh: Mesh, waypoint: Caller, home: str, service: str) -> tuple[Policy, ...]:
    """What a waypoint enforces for a Service: policies for the Service, for it, for its class."""
    places = {
        (home, ("Service", service)),
        (waypoint.namespace, ("Gateway", waypoint.account)),
        (istio.ROOT, ("GatewayClass", MESH_CLASS)),
    }
    return tuple(
        policy
        for namespace in sorted({namespace for namespace, _ in places})
        for policy in mesh.policies.get(namespace, ())
        if any((namespace, target) in places for target in policy.targets)
    )
