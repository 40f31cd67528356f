"""An agent that requires a server cannot work in a project that does not grant it."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.derive import Fleet
from compiler.diagnostic import Diagnostic, Label, Rule, Severity
from compiler.model import Agent, Project

RULE = Rule(
    "server-required",
    Severity.ERROR,
    "an agent's required server is not in the project, or not granted",
)


def check(fleet: Fleet) -> Iterator[Diagnostic]:
    """Every place where an agent's required server is not in the project, or not granted."""
    for project in fleet.graph.all(Project):
        for a, member in enumerate(project.spec.agents):
            agent = fleet.graph.get(Agent, member.agent)
            mine = fleet.grants_by_agent.get((project.name, agent.name), ())
            granted = {grant.call.server for grant in mine}
            for s, use in enumerate(agent.spec.servers):
                if use.required and use.server not in granted:
                    listed = use.server in project.spec.servers
                    lacking = "grants it no tool" if listed else "does not list it"
                    needs = f"agent `{agent.name}` needs server `{use.server}`"
                    yield RULE.at(
                        project.at("agents", a, "agent"),
                        f"{needs}: `{project.name}` {lacking}",
                        help="grant it" if listed else "add the server to `servers` and grant it",
                        related=[Label(agent.at("servers", s, "server"), "it is required here")],
                    )
