"""An approval for a tool that the entry does not grant protects nothing; usually the name is
misspelt, and the intended tool is granted without approval.
"""

from __future__ import annotations

from collections.abc import Iterator

from compiler.derive import Fleet
from compiler.derive.access import expand
from compiler.diagnostic import Diagnostic, Label, Rule, Severity, did_you_mean
from compiler.model import MCPServer, Project

RULE = Rule(
    "approval-without-grant", Severity.ERROR, "an approval names a tool that is not granted"
)


def check(fleet: Fleet) -> Iterator[Diagnostic]:
    """Every place where an approval names a tool that is not granted."""
    for project in fleet.graph.all(Project):
        for a, member in enumerate(project.spec.agents):
            for g, entry in enumerate(member.grants):
                server = fleet.graph.get(MCPServer, entry.server)
                granted = {name for name, _ in expand(entry.tools, server, fleet.traits)}
                named = set(entry.tools) if isinstance(entry.tools, tuple) else granted
                for tool in entry.approval:
                    if tool not in granted | named:
                        yield RULE.at(
                            project.key_at("agents", a, "grants", g, "approval", tool),
                            f"the entry does not grant `{tool}`",
                            help=did_you_mean(tool, granted) or "drop its approval",
                            related=[
                                Label(project.at("agents", a, "grants", g, "tools"), "the tools")
                            ],
                        )
