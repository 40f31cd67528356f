"""Mutations of kagent's Agents."""

from __future__ import annotations

from typing import Any

from tests.mutations.changes import Change, on, put
from tests.mutations.parts import AA


def _tool(route: str, value: Any, cluster: str = "kagent") -> Change:
    return on(cluster, "Agent", "dev", put(f"spec.declarative.{route}", value), AA)


MUTATIONS = [
    ("empty list of tools", _tool("tools.0.mcpServer.toolNames", [])),
    ("no list of tools", _tool("tools.0.mcpServer.toolNames", None)),
    ("one more tool", _tool("tools.0.mcpServer.toolNames.+", "delete_repo")),
    ("no human is asked", _tool("tools.0.mcpServer.requireApproval", None)),
    ("a server dropped", _tool("tools.0", None)),
    (
        "one more delegate",
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
        "tools of another server behind ToolHive",
        _tool("tools.0.mcpServer.toolNames.0", "tracker_close_issue", "kagent-toolhive"),
    ),
    (
        "tools of another server behind Envoy AI Gateway",
        _tool("tools.0.mcpServer.toolNames.0", "tracker__close_issue", "kagent-envoy"),
    ),
]
