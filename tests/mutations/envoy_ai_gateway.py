"""Mutations of MCPRoutes."""

from __future__ import annotations

from typing import Any

from tests.mutations.changes import Change, on, put
from tests.mutations.parts import AS, OPS, SHARED


def _route(route: str, value: Any) -> Change:
    return on("envoy", "MCPRoute", "github", put(f"spec.securityPolicy.{route}", value), AS)


MUTATIONS = [
    ("a rule dropped", _route("authorization.rules", [])),
    ("allowed unless denied", _route("authorization.defaultAction", "Allow")),
    ("nothing decides", _route("authorization", None)),
    ("tokens not verified", _route("oauth", None)),
    ("no security at all", on("envoy", "MCPRoute", "github", put("spec.securityPolicy", None), AS)),
    (
        "no tools",
        on(
            "envoy",
            "MCPRoute",
            "hub",
            put("spec.securityPolicy.authorization.rules.0.target", None),
            SHARED,
        ),
    ),
    ("no source", _route("authorization.rules.0.source", None)),
    ("another server", _route("authorization.rules.0.target.tools.0.backend", "tracker")),
    ("one more agent", _route("authorization.rules.0.source.jwt.claims.0.values.+", OPS)),
    ("allowed turned into denied", _route("authorization.rules.0.action", "Deny")),
    (
        "a tool less to choose from",
        on(
            "envoy",
            "MCPRoute",
            "github",
            put("spec.backendRefs.0.toolSelector.include", ["create_issue"]),
            AS,
        ),
    ),
    (
        "route leads to another server",
        on("envoy", "MCPRoute", "github", put("spec.backendRefs.0.name", "tracker"), AS),
    ),
]
