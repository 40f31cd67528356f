"""Two tools of one name: which of them was reviewed?"""

from __future__ import annotations

from collections.abc import Iterator

from compiler.derive import Fleet
from compiler.diagnostic import Diagnostic, Label, Rule, Severity
from compiler.model import MCPServer

RULE = Rule("tool-twice", Severity.ERROR, "a server declares a tool twice")


def check(fleet: Fleet) -> Iterator[Diagnostic]:
    """Every place where a server declares a tool twice."""
    for server in fleet.graph.all(MCPServer):
        seen: dict[str, Label] = {}
        for t, tool in enumerate(server.spec.tools):
            span = server.at("tools", t, "name")
            if (first := seen.get(tool.name)) is not None:
                message = f"server `{server.name}` declares `{tool.name}` twice"
                yield RULE.at(span, message, help="keep one of them", related=[first])
            seen.setdefault(tool.name, Label(span, "first here"))
