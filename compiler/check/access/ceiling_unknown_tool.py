"""A ceiling that names a tool which does not exist has no effect, and is usually a typo."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.derive import Fleet
from compiler.diagnostic import Diagnostic, Label, Rule, Severity, did_you_mean
from compiler.model import Agent, MCPServer

RULE = Rule(
    "ceiling-unknown-tool",
    Severity.ERROR,
    "an agent's ceiling names a tool that the server does not have",
)


def check(fleet: Fleet) -> Iterator[Diagnostic]:
    """Every place where an agent's ceiling names a tool that the server does not have."""
    for agent in fleet.graph.all(Agent):
        for s, use in enumerate(agent.spec.servers):
            server = fleet.graph.get(MCPServer, use.server)
            tools = {tool.name for tool in server.spec.tools}
            for t, tool in enumerate(use.tools if isinstance(use.tools, tuple) else ()):
                if tool not in tools:
                    yield RULE.at(
                        agent.at("servers", s, "tools", t),
                        f"server `{server.name}` has no tool `{tool}`",
                        help=did_you_mean(tool, tools) or "drop it",
                        related=[Label(server.key_at("tools"), "its tools")],
                    )
