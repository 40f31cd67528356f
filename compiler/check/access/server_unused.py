"""A server that no agent may call costs money, and is an attack surface."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.derive import Fleet
from compiler.diagnostic import Diagnostic, Rule, Severity
from compiler.model import MCPServer

RULE = Rule("server-unused", Severity.WARNING, "no agent may call any tool of a server")


def check(fleet: Fleet) -> Iterator[Diagnostic]:
    """Every server of which no agent may call any tool."""
    used = {grant.call.server for grant in fleet.grants}
    for server in fleet.graph.all(MCPServer):
        if server.name not in used:
            message = f"no agent may call server `{server.name}`"
            yield RULE.at(server.name_span, message, help="grant it to an agent, or remove it")
