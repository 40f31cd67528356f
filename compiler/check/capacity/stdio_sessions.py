"""A bridge keeps one child process for each session, which its replicas cannot share."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.derive import Fleet
from compiler.diagnostic import Diagnostic, Label, Rule, Severity
from compiler.model import MCPServer

RULE = Rule("stdio-sessions", Severity.WARNING, "a bridged server claims to share its sessions")


def check(fleet: Fleet) -> Iterator[Diagnostic]:
    """Every place where a bridged server claims to share its sessions."""
    for server in fleet.graph.all(MCPServer):
        transport = server.spec.transport
        bridged = transport.type == "stdio" and transport.bridge
        if bridged and transport.sessions == "shared":
            yield RULE.at(
                server.at("transport", "sessions"),
                f"server `{server.name}` is bridged, and a bridge cannot share sessions",
                help="set `sticky`, or run the bridge stateless and set `none`",
                related=[Label(server.at("transport", "bridge"), "bridged here")],
            )
