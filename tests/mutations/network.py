"""Mutations of NetworkPolicies."""

from __future__ import annotations

from typing import Any

from tests.mutations.changes import Change, add, drop, key, on, put
from tests.mutations.parts import (
    AA,
    ALL_PODS,
    AS,
    NETPOL,
    SHARED,
    named,
)


def _netpol(route: str, value: Any, cluster: str = "direct", name: str = "github") -> Change:
    return on(cluster, NETPOL, name, put(route, value), AS)


NETWORK = [
    ("default-deny removed", drop("direct", NETPOL, "default-deny-all", AS)),
    ("default-deny of agents removed", drop("direct", NETPOL, "default-deny-all", AA)),
    ("empty list of peers", _netpol("spec.ingress.0.from", [])),
    ("no peers at all", _netpol("spec.ingress.0.from", None)),
    ("empty rule", _netpol("spec.ingress.0", {})),
    ("selector of the peer widened", _netpol("spec.ingress.0.from.0.podSelector", {})),
    ("namespace of the peer widened", _netpol("spec.ingress.0.from.0.namespaceSelector", {})),
    (
        "another agent for a peer",
        on(
            "direct",
            NETPOL,
            "github",
            key("spec.ingress.0.from.0.podSelector.matchLabels", "app.kubernetes.io/name", "idle"),
            AS,
        ),
    ),
    ("server's policy removed", drop("direct", NETPOL, "github", AS)),
    ("ingress no longer restricted", _netpol("spec.policyTypes", ["Egress"])),
    ("policy selects other pods", _netpol("spec.podSelector", {"matchLabels": {"x": "y"}})),
    (
        "second policy for all pods",
        add(
            "direct",
            apiVersion="networking.k8s.io/v1",
            kind=NETPOL,
            metadata=named("more"),
            spec=ALL_PODS,
        ),
    ),
    ("agent's way out removed", on("direct", NETPOL, "dev", put("spec.egress.0", None), AA)),
    ("agent may go everywhere", on("direct", NETPOL, "dev", put("spec.egress.+", {}), AA)),
    (
        "agent may go to private networks",
        on(
            "direct",
            NETPOL,
            "dev",
            put("spec.egress.+", {"to": [{"ipBlock": {"cidr": "0.0.0.0/0"}}]}),
            AA,
        ),
    ),
    (
        "way around the gateway",
        on(
            "agentgateway",
            NETPOL,
            "old",
            put(
                "spec.ingress.+",
                {"from": [{"podSelector": {}, "namespaceSelector": {}}]},
            ),
            AS,
        ),
    ),
    (
        "gateway open to every pod",
        on("agentgateway", NETPOL, "tool-gateway", put("spec.ingress.0.from", None), AS),
    ),
    (
        "gateway cannot reach a server",
        on("agentgateway", NETPOL, "tool-gateway", put("spec.egress.0", None), AS),
    ),
    (
        "waypoint open to every pod",
        on("mesh", NETPOL, "waypoint", put("spec.ingress.0.from", []), AS),
    ),
    (
        "shared server open to every namespace",
        on("direct", NETPOL, "hub", put("spec.ingress.0.from.0.namespaceSelector", {}), SHARED),
    ),
]
