"""HTTP+SSE was deprecated by MCP revision 2025-03-26 and formally by 2026-07-28; Streamable HTTP
took its place.
"""

from __future__ import annotations

from collections.abc import Iterator

from compiler.derive import Fleet
from compiler.diagnostic import Diagnostic, Rule, Severity
from compiler.model import MCPServer

RULE = Rule("transport-deprecated", Severity.ERROR, "a server speaks HTTP+SSE")


def check(fleet: Fleet) -> Iterator[Diagnostic]:
    """Every place where a server speaks HTTP+SSE."""
    for server in fleet.graph.all(MCPServer):
        if server.spec.transport.type == "sse":
            yield RULE.at(
                server.at("transport", "type"),
                f"server `{server.name}` speaks HTTP+SSE, which is deprecated",
                help="use `streamable-http`",
            )
