"""Two entries for one agent hide which grants hold."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.derive import Fleet
from compiler.diagnostic import Diagnostic, Label, Rule, Severity
from compiler.model import Project

RULE = Rule("member-twice", Severity.ERROR, "an agent is in a team twice")


def check(fleet: Fleet) -> Iterator[Diagnostic]:
    """Every place where an agent is in a team twice."""
    for project in fleet.graph.all(Project):
        seen: dict[str, Label] = {}
        for a, member in enumerate(project.spec.agents):
            span = project.at("agents", a, "agent")
            if (first := seen.get(member.agent)) is not None:
                message = f"agent `{member.agent}` is in the team twice"
                yield RULE.at(span, message, help="merge the entries", related=[first])
            seen.setdefault(member.agent, Label(span, "first here"))
