"""With two entries for one agent it is unclear which grants hold."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.derive import Fleet
from compiler.diagnostic import Diagnostic, Rule, Severity, repeated
from compiler.model import Project

RULE = Rule("member-twice", Severity.ERROR, "an agent is in a team twice")


def check(fleet: Fleet) -> Iterator[Diagnostic]:
    """Every place where an agent is in a team twice."""
    for project in fleet.graph.all(Project):
        team = enumerate(project.spec.agents)
        places = ((str(member.agent), project.at("agents", a, "agent")) for a, member in team)
        for name, span, first in repeated(places):
            message = f"agent `{name}` is in the team twice"
            yield RULE.at(span, message, help="merge the entries", related=[first])
