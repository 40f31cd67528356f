"""A server that calls external hosts must list them, or network policy blocks its calls."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.derive import Fleet
from compiler.derive.deployments import deployable
from compiler.diagnostic import Diagnostic, Rule, Severity
from compiler.model import MCPServer

RULE = Rule("egress-missing", Severity.WARNING, "a server that calls external hosts lists none")


def check(fleet: Fleet) -> Iterator[Diagnostic]:
    """Every such server."""
    for server in fleet.graph.all(MCPServer):
        tools = [t.name for t in server.spec.tools if fleet.traits[server.name, t.name].sink]
        if tools and not server.spec.egress and deployable(server.spec):
            yield RULE.at(
                server.name_span,
                f"server `{server.name}` lists no host, and `{tools[0]}` may call external ones",
                help="list them under `egress`, or label the tools `sink: false`",
            )
