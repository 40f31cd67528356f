"""Mutations of agentgateway's rules, in clusters and on laptops."""

from __future__ import annotations

from typing import Any

from tests.mutations.changes import Change, add, drop, on, put, text
from tests.mutations.parts import AS, BACKEND, DEV, GATEWAY, RULES, both, named


def _agw(route: str, value: Any, name: str = "old") -> Change:
    return on("agentgateway", "AgentgatewayPolicy", name, put(route, value), AS)


MUTATIONS = [
    ("policy removed", drop("agentgateway", "AgentgatewayPolicy", "old", AS)),
    (
        "no rules anywhere",
        both(
            drop("agentgateway", "AgentgatewayPolicy", "old", AS),
            on("agentgateway", "AgentgatewayBackend", "old", put("spec.policies", None), AS),
        ),
    ),
    ("a rule that is true", _agw(f"{RULES}.+", "true")),
    (
        "a rule without the agent",
        _agw(f"{RULES}.0", 'mcp.tool.target == "old" && mcp.tool.name in ["list_issues"]'),
    ),
    (
        "a rule without the tool",
        _agw(f"{RULES}.0", f'jwt.sub == "{DEV}" && mcp.tool.target == "old"'),
    ),
    (
        "a rule for another server",
        _agw(
            f"{RULES}.0",
            f'jwt.sub == "{DEV}" && mcp.tool.target == "second"'
            ' && mcp.tool.name in ["list_issues"]',
        ),
    ),
    (
        "one more tool",
        _agw(f"{RULES}.0", f'jwt.sub == "{DEV}" && mcp.tool.name in ["list_issues", "run_query"]'),
    ),
    (
        "agents by prefix",
        _agw(
            f"{RULES}.0",
            'jwt.sub.startsWith("system:serviceaccount:alpha-agents:")'
            ' && mcp.tool.name == "list_issues"',
        ),
    ),
    ("a rule that is not CEL", _agw(f"{RULES}.0", "jwt.sub ==")),
    (
        "allowed turned into denied",
        both(
            _agw("spec.backend.mcp.authorization.action", "Deny"),
            on("agentgateway", "AgentgatewayBackend", "old", put("spec.policies", None), AS),
        ),
    ),
    ("policy for another backend", _agw("spec.targetRefs.0.name", "second")),
    (
        "second policy for all callers",
        add(
            "agentgateway",
            apiVersion="agentgateway.dev/v1alpha1",
            kind="AgentgatewayPolicy",
            metadata=named("more"),
            spec={
                "targetRefs": [BACKEND],
                "backend": {
                    "mcp": {
                        "authorization": {
                            "action": "Allow",
                            "policy": {"matchExpressions": ["true"]},
                        }
                    }
                },
            },
        ),
    ),
    (
        "a rule at the Gateway for all callers",
        add(
            "agentgateway",
            apiVersion="agentgateway.dev/v1alpha1",
            kind="AgentgatewayPolicy",
            metadata=named("more"),
            spec={
                "targetRefs": [GATEWAY],
                "backend": {
                    "mcp": {
                        "authorization": {
                            "action": "Allow",
                            "policy": {"matchExpressions": ['mcp.tool.name == "run_query"']},
                        }
                    }
                },
            },
        ),
    ),
    (
        "tokens not required",
        _agw("spec.traffic.jwtAuthentication.mode", "Permissive", "tool-gateway"),
    ),
    (
        "tokens for any audience",
        _agw("spec.traffic.jwtAuthentication.providers.0.audiences", None, "tool-gateway"),
    ),
    ("no policy about tokens", drop("agentgateway", "AgentgatewayPolicy", "tool-gateway", AS)),
    (
        "backend leads to another server",
        on(
            "agentgateway",
            "AgentgatewayBackend",
            "old",
            put("spec.mcp.targets.0.static.host", "second.alpha-mcp-servers.svc.cluster.local"),
            AS,
        ),
    ),
    (
        "route leads to another server",
        on(
            "agentgateway", "HTTPRoute", "old", put("spec.rules.0.backendRefs.0.name", "second"), AS
        ),
    ),
]

LOCAL = "gateway/alpha/config.yaml"
LAPTOP = [
    ("tokens not required", text(LOCAL, "mode: strict", "mode: optional")),
    ("a rule that is true", text(LOCAL, "allow: ", 'allow: "true || x" # ')),
    ("another agent", text(LOCAL, "alpha.dev", "alpha.idle")),
    ("another tool", text(LOCAL, "list_issues", "run_query")),
    ("file removed", lambda files: files.__delitem__(LOCAL)),
]
