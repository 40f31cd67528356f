"""Mutations of XAccessPolicies."""

from __future__ import annotations

from typing import Any

from tests.mutations.changes import Change, add, drop, on, put
from tests.mutations.parts import AS, SHARED, XBACKEND, named


def _access(route: str, value: Any, name: str = "github") -> Change:
    return on("agentic", "XAccessPolicy", name, put(f"spec.{route}", value), AS)


MUTATIONS = [
    ("a rule dropped", _access("rules", [])),
    ("no source", _access("rules.0.source", None)),
    ("a source without its member", _access("rules.0.source", {"type": "ServiceAccount"})),
    ("any tool", _access("rules.0.authorization.mcp.methods.0.params", None)),
    ("any method", _access("rules.0.authorization", None)),
    ("one more tool", _access("rules.0.authorization.mcp.methods.0.params.+", "delete_repo")),
    ("another agent", _access("rules.0.source.serviceAccount.name", "idle")),
    ("another project's agent", _access("rules.0.source.serviceAccount.namespace", "beta-agents")),
    ("policy removed", drop("agentic", "XAccessPolicy", "github", AS)),
    ("policy for another server", _access("targetRefs.0.name", "tracker")),
    (
        "an expression that is true",
        on(
            "agentic",
            "XAccessPolicy",
            "hub",
            put("spec.rules.2.authorization.cel.expression", "true"),
            SHARED,
        ),
    ),
    (
        "an expression that no engine accepts",
        on(
            "agentic",
            "XAccessPolicy",
            "hub",
            put("spec.rules.2.authorization.cel.expression", "source.x == 'y'"),
            SHARED,
        ),
    ),
    (
        "second policy for all callers",
        add(
            "agentic",
            apiVersion="agentic.networking.x-k8s.io/v1alpha1",
            kind="XAccessPolicy",
            metadata=named("more"),
            spec={"targetRefs": [XBACKEND], "action": "Allow", "rules": [{"name": "all"}]},
        ),
    ),
]
