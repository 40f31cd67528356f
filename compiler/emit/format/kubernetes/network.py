"""The parts of NetworkPolicies: peers, the rules about them, and the policy itself."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Literal

from compiler.emit.format.json import Object
from compiler.emit.format.kubernetes.objects import custom
from compiler.gateways.mesh import HBONE

Side = Literal["from", "to"]

_PRIVATE = ["10.0.0.0/8", "100.64.0.0/10", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16"]
PROBES: Object = {"from": [{"ipBlock": {"cidr": "169.254.7.127/32"}}]}
"""From where kubelet's probes come in ambient mode (Istio, ambient and NetworkPolicy)."""


def policy(
    meta: Object,
    selector: Mapping[str, str],
    *,
    ingress: list[Object] | None = None,
    egress: list[Object] | None = None,
    types: tuple[str, ...] = ("Ingress", "Egress"),
) -> Object:
    """A policy for the pods with some labels: only what it names comes in or gets out.

    `types`: the directions that it decides about at all.
    """
    spec: Object = {
        "podSelector": {"matchLabels": dict(selector)} if selector else {},
        "policyTypes": list(types),
        **({} if ingress is None else {"ingress": ingress}),
        **({} if egress is None else {"egress": egress}),
    }
    return custom("networking.k8s.io/v1", "NetworkPolicy", meta, spec)


def peer(namespace: str, labels: Mapping[str, str] | None = None) -> Object:
    """The pods of a namespace that have some labels; all of them without."""
    where = {"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": namespace}}}
    return where if labels is None else {**where, "podSelector": {"matchLabels": dict(labels)}}


def block(cidr: str) -> Object:
    """The addresses of a network."""
    return {"ipBlock": {"cidr": cidr}}


def rules(side: Side, peers: Iterable[Object], ports: Iterable[int], *, mesh: bool) -> list[Object]:
    """One rule; none where there is no peer, since an empty list of peers means everybody.

    In ambient mode traffic arrives through the mesh's tunnel (Istio, ambient and NetworkPolicy).
    """
    some = list(peers)
    return [{side: some, "ports": _tcp([*ports, HBONE] if mesh else ports)}] if some else []


def internet(ports: Iterable[int]) -> list[Object]:
    """To everywhere but private networks; NetworkPolicy cannot name hosts."""
    everywhere = {"ipBlock": {"cidr": "0.0.0.0/0", "except": _PRIVATE}}
    listed = _tcp(ports)
    return [{"to": [everywhere], "ports": listed}] if listed else []


def _tcp(ports: Iterable[int]) -> list[Object]:
    return [{"protocol": "TCP", "port": port} for port in ports]
