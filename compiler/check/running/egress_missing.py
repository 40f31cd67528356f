"""A server that meets the open world reaches some host; one that names none reaches nothing, once
the network is closed.
"""

from __future__ import annotations

from collections.abc import Iterator

from compiler.derive import Fleet
from compiler.derive.deployments import deployable
from compiler.diagnostic import Diagnostic, Rule, Severity
from compiler.model import MCPServer

RULE = Rule(
    "egress-missing", Severity.WARNING, "a server that meets the outside world names no host"
)


def check(fleet: Fleet) -> Iterator[Diagnostic]:
    """Every place where a server that meets the outside world names no host."""
    for server in fleet.graph.all(MCPServer):
        tools = [t.name for t in server.spec.tools if fleet.traits[server.name, t.name].sink]
        if tools and not server.spec.egress and deployable(server.spec):
            yield RULE.at(
                server.name_span,
                f"server `{server.name}` names no host, and `{tools[0]}` may call out",
                help="list them under `egress`, or label the tools `sink: false`",
            )
