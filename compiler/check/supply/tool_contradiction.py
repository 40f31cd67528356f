"""A tool that changes nothing cannot destroy anything."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.derive import Fleet
from compiler.diagnostic import Diagnostic, Label, Rule, Severity
from compiler.model import MCPServer

RULE = Rule("tool-contradiction", Severity.ERROR, "a tool's labels or hints contradict each other")


def check(fleet: Fleet) -> Iterator[Diagnostic]:
    """Every place where a tool's labels or hints contradict each other."""
    for server in fleet.graph.all(MCPServer):
        for t, tool in enumerate(server.spec.tools):
            if tool.labels.writes is False and tool.labels.destructive:
                yield RULE.at(
                    server.at("tools", t, "labels", "destructive"),
                    f"`{tool.name}` is labelled both as changing nothing and as destructive",
                    help="correct one of the labels",
                    related=[Label(server.at("tools", t, "labels", "writes"), "changes nothing")],
                )
