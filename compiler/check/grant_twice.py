"""Two entries for one server, or one tool twice in an entry, hide which condition holds."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.derive import Fleet
from compiler.diagnostic import Diagnostic, Label, Rule, Severity
from compiler.model import Project

RULE = Rule("grant-twice", Severity.ERROR, "the same thing is granted twice")


def check(fleet: Fleet) -> Iterator[Diagnostic]:
    """Every place where the same thing is granted twice."""
    for project in fleet.graph.all(Project):
        for a, member in enumerate(project.spec.agents):
            seen: dict[str, Label] = {}
            for g, entry in enumerate(member.grants):
                span = project.at("agents", a, "grants", g, "server")
                if (first := seen.get(entry.server)) is not None:
                    message = f"`{member.agent}` has two entries for server `{entry.server}`"
                    yield RULE.at(span, message, help="merge them", related=[first])
                seen.setdefault(entry.server, Label(span, "the first entry"))
                tools = entry.tools if isinstance(entry.tools, tuple) else ()
                for t, tool in enumerate(tools):
                    if tool in tools[:t]:
                        where = project.at("agents", a, "grants", g, "tools", t)
                        yield RULE.at(where, f"`{tool}` is listed twice", help="keep one of them")
