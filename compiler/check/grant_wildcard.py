"""A grant of `all` grows with the server: each tool that its next version brings is granted unseen.
OWASP LLM06 (excessive functionality), MCP02.
"""

from __future__ import annotations

from collections.abc import Iterator

from compiler.derive import Fleet
from compiler.diagnostic import Diagnostic, Rule, Severity
from compiler.model import MCPServer, Project

RULE = Rule("grant-wildcard", Severity.WARNING, "a grant names no tools but takes all")


def check(fleet: Fleet) -> Iterator[Diagnostic]:
    """Every grant of `all`."""
    for project in fleet.graph.all(Project):
        for a, member in enumerate(project.spec.agents):
            for g, entry in enumerate(member.grants):
                if entry.tools == "all":
                    count = len(fleet.graph.get(MCPServer, entry.server).spec.tools)
                    yield RULE.at(
                        project.at("agents", a, "grants", g, "tools"),
                        f"agent `{member.agent}` gets every tool of `{entry.server}`, {count} now,"
                        " and whatever it lists later",
                        help="name the tools that it needs",
                    )
