"""Only the team of a project may use its context spaces."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.derive import Fleet
from compiler.diagnostic import Diagnostic, Label, Rule, Severity
from compiler.model import ContextSpace, Project
from compiler.source import Route

RULE = Rule(
    "context-outside-team",
    Severity.ERROR,
    "an agent outside the team uses a project's context space",
)


def check(fleet: Fleet) -> Iterator[Diagnostic]:
    """Every place where an agent outside the team uses a project's context space."""
    for space in fleet.graph.all(ContextSpace):
        if space.spec.project is None:
            continue
        project = fleet.graph.get(Project, space.spec.project)
        team = {str(member.agent) for member in project.spec.agents}
        label = Label(project.key_at("agents"), "the team")
        users: list[tuple[str, Route]]
        users = [(str(agent), ("readers", i)) for i, agent in enumerate(space.spec.readers)]
        for w, writer in enumerate(space.spec.writers):
            users.append((str(writer.agent), ("writers", w, "agent")))
        for agent, route in users:
            if agent not in team:
                message = f"agent `{agent}` is not in the team of `{project.name}`"
                yield RULE.at(
                    space.at(*route),
                    message,
                    help="drop it, or add it to the team",
                    related=[label],
                )
