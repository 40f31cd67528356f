"""An unused permission is never reviewed, until something uses it."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.derive import Fleet
from compiler.derive.reach import widened
from compiler.diagnostic import Diagnostic, Rule, Severity
from compiler.model import Project

RULE = Rule("widening-unused", Severity.WARNING, "a widening allows what is not used")


def check(fleet: Fleet) -> Iterator[Diagnostic]:
    """Every widening towards an agent that gets no work, or that may do nothing more."""
    for project in fleet.graph.all(Project):
        for a, member in enumerate(project.spec.agents):
            for w, widening in enumerate(member.widening):
                giver = (project.name, str(member.agent))
                taker = (project.name, str(widening.agent))
                where = project.at("agents", a, "widening", w, "agent")
                if widening.agent not in member.delegatesTo:
                    message = f"agent `{member.agent}` hands no work to `{widening.agent}` here"
                    yield RULE.at(where, message, help="remove it, or add it to `delegatesTo`")
                elif not widened(fleet, giver, taker):
                    message = f"through `{widening.agent}` agent `{member.agent}` gets nothing more"
                    yield RULE.at(where, message, help="remove it")
