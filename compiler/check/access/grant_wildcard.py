"""A grant of `all` grows with the server: tools of its next version are granted without review.
OWASP LLM06 (excessive functionality), MCP02.
"""

from __future__ import annotations

from collections.abc import Iterator

from compiler.derive import Fleet
from compiler.diagnostic import Diagnostic, Rule, Severity
from compiler.model import Agent, MCPServer, Project

RULE = Rule("grant-wildcard", Severity.WARNING, "a grant covers all tools instead of naming them")


def check(fleet: Fleet) -> Iterator[Diagnostic]:
    """Every grant of `all` that the agent's ceiling allows; else it is a grant-above-ceiling."""
    for project in fleet.graph.all(Project):
        for a, member in enumerate(project.spec.agents):
            ceilings = {
                u.server: u.tools for u in fleet.graph.get(Agent, member.agent).spec.servers
            }
            for g, entry in enumerate(member.grants):
                count = len(fleet.graph.get(MCPServer, entry.server).spec.tools)
                if entry.tools == "all" and ceilings.get(entry.server) == "all":
                    yield RULE.at(
                        project.at("agents", a, "grants", g, "tools"),
                        f"agent `{member.agent}` gets every tool of `{entry.server}`, {count} now,"
                        " and every tool it adds later",
                        help="name the tools that it needs",
                    )
