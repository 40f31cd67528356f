"""Steps are told apart by their names, in checkpoints and in traces."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.derive import Fleet
from compiler.derive.workflows import steps
from compiler.diagnostic import Diagnostic, Label, Rule, Severity
from compiler.model import Workflow

RULE = Rule("step-twice", Severity.ERROR, "two steps of a workflow share a name")


def check(fleet: Fleet) -> Iterator[Diagnostic]:
    """Every place where two steps of a workflow share a name."""
    for workflow in fleet.graph.all(Workflow):
        seen: dict[str, Label] = {}
        for route, step in steps(workflow.spec):
            span = workflow.at(*route, "name")
            if (first := seen.get(step.name)) is not None:
                message = f"two steps are called `{step.name}`"
                yield RULE.at(span, message, help="rename one", related=[first])
            seen.setdefault(step.name, Label(span, "first here"))
