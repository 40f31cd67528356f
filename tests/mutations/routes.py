"""XAccessPolicies, MCPRoutes and kagent's agents spoilt."""

from __future__ import annotations

from typing import Any

from tests.mutations.changes import Change, add, drop, on, put
from tests.mutations.parts import (
    AA,
    AS,
    OPS,
    SHARED,
    XBACKEND,
    named,
)


def _access(route: str, value: Any, name: str = "github") -> Change:
    return on("agentic", "XAccessPolicy", name, put(f"spec.{route}", value), AS)


def _route(route: str, value: Any) -> Change:
    return on("envoy", "MCPRoute", "github", put(f"spec.securityPolicy.{route}", value), AS)


def _tool(route: str, value: Any, cluster: str = "kagent") -> Change:
    return on(cluster, "Agent", "dev", put(f"spec.declarative.{route}", value), AA)


ACCESS = [
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
        "an expression that no engine takes",
        on(
            "agentic",
            "XAccessPolicy",
            "hub",
            put("spec.rules.2.authorization.cel.expression", "source.x == 'y'"),
            SHARED,
        ),
    ),
    (
        "second policy for everybody",
        add(
            "agentic",
            apiVersion="agentic.networking.x-k8s.io/v1alpha1",
            kind="XAccessPolicy",
            metadata=named("more"),
            spec={"targetRefs": [XBACKEND], "action": "Allow", "rules": [{"name": "all"}]},
        ),
    ),
]

ROUTE = [
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

KAGENT = [
    ("empty list of tools", _tool("tools.0.mcpServer.toolNames", [])),
    ("no list of tools", _tool("tools.0.mcpServer.toolNames", None)),
    ("one more tool", _tool("tools.0.mcpServer.toolNames.+", "delete_repo")),
    ("nobody is asked", _tool("tools.0.mcpServer.requireApproval", None)),
    ("a server dropped", _tool("tools.0", None)),
    (
        "one more agent to hand work to",
        _tool(
            "tools.+",
            {"type": "Agent", "agent": {"apiGroup": "kagent.dev", "kind": "Agent", "name": "idle"}},
        ),
    ),
    (
        "server leads elsewhere",
        on(
            "kagent",
            "RemoteMCPServer",
            "github",
            put("spec.url", "http://github.beta-mcp-servers.svc:8080/mcp"),
            AA,
        ),
    ),
    (
        "tools of another server behind a gateway",
        _tool("tools.0.mcpServer.toolNames.0", "tracker_close_issue", "kagent-toolhive"),
    ),
]
