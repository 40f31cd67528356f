"""With two tools of the same name it is unclear which was reviewed."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.derive import Fleet
from compiler.diagnostic import Diagnostic, Rule, Severity, repeated
from compiler.model import MCPServer

RULE = Rule("tool-twice", Severity.ERROR, "a server declares a tool twice")


def check(fleet: Fleet) -> Iterator[Diagnostic]:
    """Every place where a server declares a tool twice."""
    for server in fleet.graph.all(MCPServer):
        tools = enumerate(server.spec.tools)
        places = ((tool.name, server.at("tools", t, "name")) for t, tool in tools)
        for name, span, first in repeated(places):
            message = f"server `{server.name}` declares `{name}` twice"
            yield RULE.at(span, message, help="keep one of them", related=[first])
