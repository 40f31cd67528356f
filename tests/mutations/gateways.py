"""agentgateway's rules spoilt, in clusters and on laptops, and ToolHive's."""

from __future__ import annotations

from typing import Any

from tests.mutations.changes import Change, add, drop, on, put, text
from tests.mutations.parts import (
    AS,
    BACKEND,
    CALL,
    CLIENT,
    DEV,
    GATEWAY,
    RULES,
    both,
    named,
)


def _agw(route: str, value: Any, name: str = "old") -> Change:
    return on("agentgateway", "AgentgatewayPolicy", name, put(route, value), AS)


def _cedar(route: str, value: Any) -> Change:
    return on("toolhive", "MCPAuthzConfig", "tool-gateway", put(f"spec.config.{route}", value), AS)


AGENTGATEWAY = [
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
    ("a rule that is no CEL", _agw(f"{RULES}.0", "jwt.sub ==")),
    (
        "allowed turned into denied",
        both(
            _agw("spec.backend.mcp.authorization.action", "Deny"),
            on("agentgateway", "AgentgatewayBackend", "old", put("spec.policies", None), AS),
        ),
    ),
    ("policy for another backend", _agw("spec.targetRefs.0.name", "second")),
    (
        "second policy for everybody",
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
        "a rule at the Gateway for everybody",
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
        "tokens not demanded",
        _agw("spec.traffic.jwtAuthentication.mode", "Permissive", "tool-gateway"),
    ),
    (
        "tokens for anybody",
        _agw("spec.traffic.jwtAuthentication.providers.0.audiences", None, "tool-gateway"),
    ),
    ("nobody asks for tokens", drop("agentgateway", "AgentgatewayPolicy", "tool-gateway", AS)),
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
    ("tokens not demanded", text(LOCAL, "mode: strict", "mode: optional")),
    ("a rule that is true", text(LOCAL, "allow: ", 'allow: "true || x" # ')),
    ("another agent", text(LOCAL, "alpha.dev", "alpha.idle")),
    ("another tool", text(LOCAL, "list_issues", "run_query")),
    ("file removed", lambda files: files.__delitem__(LOCAL)),
]

TOOLHIVE = [
    ("a policy dropped", _cedar("policies.0", None)),
    ("no policies", _cedar("policies", [])),
    ("permit for everybody", _cedar("policies.+", "permit(principal, action, resource);")),
    (
        "permit without the tool",
        _cedar(
            "policies.0",
            f'permit(principal == Client::"{DEV}", action == Action::"call_tool", resource);',
        ),
    ),
    (
        "permit for any agent",
        _cedar(
            "policies.0",
            f'permit(principal, {CALL}, resource == Tool::"github_list_issues");',
        ),
    ),
    (
        "one more tool",
        _cedar(
            "policies.+",
            f'permit({CLIENT}, {CALL}, resource == Tool::"github_delete_repo");',
        ),
    ),
    (
        "tools of a server by pattern",
        _cedar(
            "policies.+",
            f'permit({CLIENT}, {CALL}, resource) when {{ resource.name like "github_*" }};',
        ),
    ),
    ("a forbid", _cedar("policies.+", "forbid(principal, action, resource);")),
    ("a policy that is no Cedar", _cedar("policies.0", "permit(principal")),
    (
        "second statement where only the first counts",
        _cedar(
            "policies.0",
            'forbid(principal, action, resource == Tool::"none");'
            f" permit({CLIENT}, action, resource);",
        ),
    ),
    (
        "a condition on what is not there",
        _cedar(
            "policies.+", "forbid(principal, action, resource) when { resource.destructiveHint };"
        ),
    ),
    (
        "anybody without a token",
        on(
            "toolhive",
            "VirtualMCPServer",
            "tool-gateway",
            put("spec.incomingAuth.type", "anonymous"),
            AS,
        ),
    ),
    (
        "nothing decides",
        on(
            "toolhive",
            "VirtualMCPServer",
            "tool-gateway",
            put("spec.incomingAuth.authzConfigRef", None),
            AS,
        ),
    ),
    ("policies removed", drop("toolhive", "MCPAuthzConfig", "tool-gateway", AS)),
    (
        "entry leads to another server",
        on(
            "toolhive",
            "MCPServerEntry",
            "github",
            put("spec.remoteUrl", "http://tracker.alpha-mcp-servers.svc:8080/mcp"),
            AS,
        ),
    ),
]
