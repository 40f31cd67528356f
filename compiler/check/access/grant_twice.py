"""With two entries for one server, or one tool twice in an entry, it is unclear which condition
holds.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from compiler.derive import Fleet
from compiler.diagnostic import Diagnostic, Rule, Severity, repeated
from compiler.graph import Resource
from compiler.model import Agent, Project
from compiler.source import Route

RULE = Rule("grant-twice", Severity.ERROR, "the same thing is granted twice")


def check(fleet: Fleet) -> Iterator[Diagnostic]:
    """Every server or tool that is granted twice, or listed in a ceiling twice."""
    for project in fleet.graph.all(Project):
        for a, member in enumerate(project.spec.agents):
            entries = [(str(entry.server), entry.tools) for entry in member.grants]
            yield from _entries(project, ("agents", a, "grants"), entries, str(member.agent))
    for agent in fleet.graph.all(Agent):
        entries = [(str(use.server), use.tools) for use in agent.spec.servers]
        yield from _entries(agent, ("servers",), entries, agent.name)


def _entries(
    resource: Resource[Agent] | Resource[Project],
    route: Route,
    entries: Sequence[tuple[str, str | tuple[str, ...]]],
    agent: str,
) -> Iterator[Diagnostic]:
    servers = [(server, resource.at(*route, e, "server")) for e, (server, _) in enumerate(entries)]
    for server, span, first in repeated(servers, "the first entry"):
        message = f"`{agent}` has two entries for server `{server}`"
        yield RULE.at(span, message, help="merge them", related=[first])
    for e, (_, tools) in enumerate(entries):
        named = enumerate(tools if isinstance(tools, tuple) else ())
        places = ((tool, resource.at(*route, e, "tools", t)) for t, tool in named)
        for tool, span, first in repeated(places):
            message = f"`{tool}` is listed twice"
            yield RULE.at(span, message, help="keep one of them", related=[first])
