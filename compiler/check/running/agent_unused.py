"""An agent in no team is never deployed, and its spec goes stale."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.derive import Fleet
from compiler.diagnostic import Diagnostic, Rule, Severity
from compiler.model import Agent, Project

RULE = Rule("agent-unused", Severity.WARNING, "an agent is in no project's team")


def check(fleet: Fleet) -> Iterator[Diagnostic]:
    """Every place where an agent is in no project's team."""
    teams = {str(m.agent) for project in fleet.graph.all(Project) for m in project.spec.agents}
    for agent in fleet.graph.all(Agent):
        if agent.name not in teams:
            message = f"agent `{agent.name}` is in no team"
            yield RULE.at(agent.name_span, message, help="add it to a project, or remove it")
