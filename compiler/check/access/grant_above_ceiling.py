"""An agent's ceiling is the most that any project may grant it."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.derive import Fleet
from compiler.derive.access import expand
from compiler.diagnostic import Diagnostic, Label, Rule, Severity
from compiler.graph import Resource
from compiler.model import Agent, GrantEntry, MCPServer, Project
from compiler.source import Route

RULE = Rule(
    "grant-above-ceiling", Severity.ERROR, "a grant exceeds what the agent may use anywhere"
)


def check(fleet: Fleet) -> Iterator[Diagnostic]:
    """Every place where a grant exceeds what the agent may use anywhere."""
    for project in fleet.graph.all(Project):
        for a, member in enumerate(project.spec.agents):
            agent = fleet.graph.get(Agent, member.agent)
            for g, entry in enumerate(member.grants):
                route = ("agents", a, "grants", g)
                yield from _entry(fleet, project, agent, entry, route)


def _entry(
    fleet: Fleet,
    project: Resource[Project],
    agent: Resource[Agent],
    entry: GrantEntry,
    route: Route,
) -> Iterator[Diagnostic]:
    uses = {str(use.server): (i, use) for i, use in enumerate(agent.spec.servers)}
    if entry.server not in uses:
        label = Label(agent.key_at("servers"), f"the servers that `{agent.name}` may use")
        message = f"agent `{agent.name}` may not use server `{entry.server}`"
        help = f"drop the grant, or add `{entry.server}` to the agent's `servers`"
        yield RULE.at(project.at(*route, "server"), message, help=help, related=[label])
        return
    index, use = uses[entry.server]
    server = fleet.graph.get(MCPServer, entry.server)
    ceiling = {name for name, _ in expand(use.tools, server, fleet.traits)}
    label = Label(agent.at("servers", index, "tools"), "its ceiling")
    for tool, place in expand(entry.tools, server, fleet.traits):
        if tool not in ceiling:
            where = (*route, "tools") if place is None else (*route, "tools", place)
            message = f"agent `{agent.name}` may not call `{tool}` of server `{entry.server}`"
            help = "drop the tool here, or raise the agent's ceiling"
            yield RULE.at(project.at(*where), message, help=help, related=[label])
            if place is None:
                return
