"""A wildcard that matches no tool grants nothing, although it looks as if it did."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.derive import Fleet
from compiler.derive.access import expand
from compiler.diagnostic import Diagnostic, Rule, Severity
from compiler.model import MCPServer, Project

RULE = Rule("grant-empty", Severity.ERROR, "a grant matches no tool")


def check(fleet: Fleet) -> Iterator[Diagnostic]:
    """Every place where a wildcard expands to nothing."""
    for project in fleet.graph.all(Project):
        for a, member in enumerate(project.spec.agents):
            for g, entry in enumerate(member.grants):
                server = fleet.graph.get(MCPServer, entry.server)
                if entry.tools == "read-only" and not expand("read-only", server, fleet.traits):
                    yield RULE.at(
                        project.at("agents", a, "grants", g, "tools"),
                        f"server `{server.name}` has no tool that only reads",
                        help="name the intended tools, or drop the grant",
                    )
