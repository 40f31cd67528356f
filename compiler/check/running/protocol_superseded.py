"""Before revision 2026-07-28 a request does not name its tool in a header, so that no mesh can
decide by tool.
"""

from __future__ import annotations

from collections.abc import Iterator

from compiler.derive import Fleet
from compiler.diagnostic import Diagnostic, Rule, Severity
from compiler.model import MCPServer

RULE = Rule(
    "protocol-superseded",
    Severity.WARNING,
    "a server speaks a revision of MCP older than the oldest that is allowed",
    {"oldest": "2025-06-18"},
)


def check(fleet: Fleet) -> Iterator[Diagnostic]:
    """Every such server."""
    oldest = str(fleet.parameter(RULE, "oldest"))
    for server in fleet.graph.all(MCPServer):
        revision = server.spec.transport.protocolVersion
        if revision < oldest:
            yield RULE.at(
                server.at("transport", "protocolVersion"),
                f"server `{server.name}` speaks MCP {revision}",
                help=f"move it to {oldest} or later",
            )
