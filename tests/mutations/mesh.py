"""Mutations of Istio's policies."""

from __future__ import annotations

from typing import Any

from tests.mutations.changes import Change, add, drop, key, on, put
from tests.mutations.parts import (
    AS,
    AUTHZ,
    SERVICE,
    named,
)


def _authz(route: str, value: Any, name: str = "github", cluster: str = "mesh") -> Change:
    return on(cluster, AUTHZ, name, put(route, value), AS)


MESH = [
    ("default of a namespace removed", drop("mesh", AUTHZ, "deny-all", AS)),
    (
        "plain text allowed",
        on("mesh", "PeerAuthentication", "default", put("spec.mtls.mode", "PERMISSIVE"), AS),
    ),
    ("rule about plain text removed", drop("mesh", "PeerAuthentication", "default", AS)),
    ("waypoint denies nothing by itself", drop("mesh", AUTHZ, "waypoint", AS)),
    ("a rule dropped", _authz("spec.rules.1", None)),
    ("no rules", _authz("spec.rules", None)),
    ("a rule for everything", _authz("spec.rules.+", {})),
    ("any tool", _authz("spec.rules.1.when.2.values", ["*"])),
    ("tools by prefix", _authz("spec.rules.1.when.2.values.+", "del*")),
    ("one more tool", _authz("spec.rules.1.when.2.values.+", "delete_repo")),
    ("tool no longer asked for", _authz("spec.rules.1.when.2", None)),
    ("revision no longer asked for", _authz("spec.rules.1.when.0", None)),
    ("method no longer asked for", _authz("spec.rules.1.when.1", None)),
    ("no conditions", _authz("spec.rules.1.when", None)),
    ("no source", _authz("spec.rules.1.from", None)),
    ("another source", _authz("spec.rules.1.from.0.source.serviceAccounts", ["alpha-agents/idle"])),
    (
        "a source of another project",
        _authz("spec.rules.1.from.0.source.serviceAccounts.+", "beta-agents/dev"),
    ),
    ("another path", _authz("spec.rules.1.to.0.operation.paths", ["/other"])),
    ("allowed turned into denied", _authz("spec.action", "DENY")),
    ("policy for another server", _authz("spec.targetRefs.0.name", "tracker")),
    ("policy removed", drop("mesh", AUTHZ, "github", AS)),
    (
        "Service not bound to the waypoint",
        on("mesh", "Service", "github", key("metadata.labels", "istio.io/use-waypoint", None), AS),
    ),
    (
        "way around the waypoint",
        _authz(
            "spec.rules.0.from.0.source.serviceAccounts.+", "alpha-agents/idle", "github.waypoint"
        ),
    ),
    ("waypoint cannot reach the server", drop("mesh", AUTHZ, "github.waypoint", AS)),
    (
        "second policy for all callers",
        add(
            "mesh",
            apiVersion="security.istio.io/v1",
            kind=AUTHZ,
            metadata=named("more"),
            spec={"targetRefs": [SERVICE], "action": "ALLOW", "rules": [{}]},
        ),
    ),
    (
        "second policy that denies",
        add(
            "mesh",
            apiVersion="security.istio.io/v1",
            kind=AUTHZ,
            metadata=named("more"),
            spec={"targetRefs": [SERVICE], "action": "DENY", "rules": [{}]},
        ),
    ),
    (
        "pods of a namespace open",
        add(
            "mesh",
            apiVersion="security.istio.io/v1",
            kind=AUTHZ,
            metadata=named("more"),
            spec={"action": "ALLOW", "rules": [{}]},
        ),
    ),
    (
        "gateway's server open in the mesh",
        on("both", AUTHZ, "old.tool-gateway", put("spec.rules.+", {}), AS),
    ),
]
