"""Leave that nothing needs is leave that nobody looks at, until something uses it."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.derive import Fleet
from compiler.diagnostic import Diagnostic, Rule, Severity
from compiler.model import Project

RULE = Rule("widening-unused", Severity.WARNING, "a widening allows what nobody does")


def check(fleet: Fleet) -> Iterator[Diagnostic]:
    """Every widening towards an agent to which none of the work goes."""
    for project in fleet.graph.all(Project):
        for a, member in enumerate(project.spec.agents):
            for w, leave in enumerate(member.widening):
                if leave.agent not in member.delegatesTo:
                    yield RULE.at(
                        project.at("agents", a, "widening", w, "agent"),
                        f"agent `{member.agent}` hands no work to `{leave.agent}` here",
                        help="take it off, or add it to `delegatesTo`",
                    )
