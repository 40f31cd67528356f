"""A stdio server is a child process of one client: it cannot be a Service, and cannot scale."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.derive import Fleet
from compiler.diagnostic import Diagnostic, Label, Rule, Severity
from compiler.model import MCPServer

RULE = Rule("stdio-scaled", Severity.ERROR, "a stdio server asks for replicas")


def check(fleet: Fleet) -> Iterator[Diagnostic]:
    """Every place where a stdio server asks for replicas."""
    for server in fleet.graph.all(MCPServer):
        transport = server.spec.transport
        if transport.type == "stdio" and not transport.bridge and server.spec.scaling:
            yield RULE.at(
                server.key_at("scaling"),
                f"server `{server.name}` speaks stdio, and cannot scale",
                help="add a bridge to its image and set `bridge: true`, or drop `scaling`",
                related=[Label(server.at("transport", "type"), "it speaks stdio")],
            )
