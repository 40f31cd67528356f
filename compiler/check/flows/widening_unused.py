"""Leave that nothing needs is leave that nobody looks at, until something uses it."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.derive import Fleet
from compiler.derive.reach import widened
from compiler.diagnostic import Diagnostic, Rule, Severity
from compiler.model import Project

RULE = Rule("widening-unused", Severity.WARNING, "a widening allows what nobody does")


def check(fleet: Fleet) -> Iterator[Diagnostic]:
    """Every widening towards an agent that gets no work, or that may do nothing more."""
    for project in fleet.graph.all(Project):
        for a, member in enumerate(project.spec.agents):
            for w, leave in enumerate(member.widening):
                giver, taker = (project.name, str(member.agent)), (project.name, str(leave.agent))
                where = project.at("agents", a, "widening", w, "agent")
                if leave.agent not in member.delegatesTo:
                    message = f"agent `{member.agent}` hands no work to `{leave.agent}` here"
                    yield RULE.at(where, message, help="take it off, or add it to `delegatesTo`")
                elif not widened(fleet, giver, taker):
                    message = f"through `{leave.agent}` agent `{member.agent}` gets nothing more"
                    yield RULE.at(where, message, help="take it off")
