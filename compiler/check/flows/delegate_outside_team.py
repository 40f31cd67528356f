"""An agent delegates only within its team, and only to agents that its spec names."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.derive import Fleet
from compiler.diagnostic import Diagnostic, Label, Rule, Severity
from compiler.model import Agent, Project

RULE = Rule(
    "delegate-outside-team",
    Severity.ERROR,
    "an agent delegates to one that it may not delegate to, or that is not in the team",
)


def check(fleet: Fleet) -> Iterator[Diagnostic]:
    """Every such delegation."""
    for project in fleet.graph.all(Project):
        team = {str(member.agent) for member in project.spec.agents}
        for a, member in enumerate(project.spec.agents):
            agent = fleet.graph.get(Agent, member.agent)
            for d, target in enumerate(member.delegatesTo):
                span = project.at("agents", a, "delegatesTo", d)
                if target not in team:
                    message = f"`{target}` is not in the team of `{project.name}`"
                    label = Label(project.key_at("agents"), "the team")
                    yield RULE.at(
                        span, message, help="add it to the team, or drop this", related=[label]
                    )
                elif target not in agent.spec.delegatesTo:
                    message = f"agent `{agent.name}` may not delegate to `{target}`"
                    label = Label(agent.key_at("delegatesTo"), "to which it may")
                    help = "drop this, or add it to the agent's `delegatesTo`"
                    yield RULE.at(span, message, help=help, related=[label])
