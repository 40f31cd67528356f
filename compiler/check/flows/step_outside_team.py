"""A workflow runs on its project's team; other agents have no grants there."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.derive import Fleet
from compiler.diagnostic import Diagnostic, Label, Rule, Severity, did_you_mean
from compiler.model import Project, Workflow
from compiler.model.steps import steps

RULE = Rule(
    "step-outside-team", Severity.ERROR, "a workflow's step is done by an agent outside the team"
)


def check(fleet: Fleet) -> Iterator[Diagnostic]:
    """Every place where a workflow's step is done by an agent outside the team."""
    for workflow in fleet.graph.all(Workflow):
        project = fleet.graph.get(Project, workflow.spec.project)
        team = {str(member.agent) for member in project.spec.agents}
        for route, step in steps(workflow.spec):
            if step.agent not in team:
                yield RULE.at(
                    workflow.at(*route, "agent"),
                    f"agent `{step.agent}` is not in the team of `{project.name}`",
                    help=did_you_mean(step.agent, team) or "add it to the team, or choose another",
                    related=[Label(project.key_at("agents"), "the team")],
                )
