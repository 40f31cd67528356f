"""A grant of a tool that does not exist grants nothing until the server adds such a tool, which was
never reviewed.
"""

from __future__ import annotations

from collections.abc import Iterator

from compiler.derive import Fleet
from compiler.diagnostic import Diagnostic, Label, Rule, Severity, did_you_mean
from compiler.model import MCPServer, Project

RULE = Rule(
    "grant-unknown-tool", Severity.ERROR, "a grant names a tool that the server does not have"
)


def check(fleet: Fleet) -> Iterator[Diagnostic]:
    """Every such tool in a grant."""
    for project in fleet.graph.all(Project):
        for a, member in enumerate(project.spec.agents):
            for g, entry in enumerate(member.grants):
                server = fleet.graph.get(MCPServer, entry.server)
                tools = {tool.name for tool in server.spec.tools}
                named = entry.tools if isinstance(entry.tools, tuple) else ()
                for t, tool in enumerate(named):
                    if tool not in tools:
                        yield RULE.at(
                            project.at("agents", a, "grants", g, "tools", t),
                            f"server `{server.name}` has no tool `{tool}`",
                            help=did_you_mean(tool, tools) or "drop it",
                            related=[Label(server.key_at("tools"), "its tools")],
                        )
