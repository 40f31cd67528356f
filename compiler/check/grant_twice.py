"""Two entries for one server, or one tool twice in an entry, hide which condition holds."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from compiler.derive import Fleet
from compiler.diagnostic import Diagnostic, Label, Rule, Severity
from compiler.graph import Resource
from compiler.model import Agent, Project
from compiler.source import Route

RULE = Rule("grant-twice", Severity.ERROR, "the same thing is granted twice")


def check(fleet: Fleet) -> Iterator[Diagnostic]:
    """Every place where the same thing is granted twice, or stands in a ceiling twice."""
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
    seen: dict[str, Label] = {}
    for e, (server, tools) in enumerate(entries):
        span = resource.at(*route, e, "server")
        if (first := seen.get(server)) is not None:
            message = f"`{agent}` has two entries for server `{server}`"
            yield RULE.at(span, message, help="merge them", related=[first])
        seen.setdefault(server, Label(span, "the first entry"))
        named = tools if isinstance(tools, tuple) else ()
        for t, tool in enumerate(named):
            if tool in named[:t]:
                where = resource.at(*route, e, "tools", t)
                first = Label(resource.at(*route, e, "tools", named.index(tool)), "first here")
                yield RULE.at(
                    where, f"`{tool}` is listed twice", help="keep one of them", related=[first]
                )
