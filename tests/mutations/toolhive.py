"""Mutations of ToolHive's policies and entries."""

from __future__ import annotations

from typing import Any

from tests.mutations.changes import Change, drop, on, put
from tests.mutations.parts import AS, CALL, CLIENT, DEV


def _cedar(route: str, value: Any) -> Change:
    return on("toolhive", "MCPAuthzConfig", "tool-gateway", put(f"spec.config.{route}", value), AS)


MUTATIONS = [
    ("a policy dropped", _cedar("policies.0", None)),
    ("no policies", _cedar("policies", [])),
    ("permit for all callers", _cedar("policies.+", "permit(principal, action, resource);")),
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
    ("a policy that is not Cedar", _cedar("policies.0", "permit(principal")),
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
        "all callers without a token",
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
