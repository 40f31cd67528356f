"""Checkpoints and traces identify steps by name."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.derive import Fleet
from compiler.diagnostic import Diagnostic, Rule, Severity, repeated
from compiler.model import Workflow
from compiler.model.steps import steps

RULE = Rule("step-twice", Severity.ERROR, "two steps of a workflow share a name")


def check(fleet: Fleet) -> Iterator[Diagnostic]:
    """Every place where two steps of a workflow share a name."""
    for workflow in fleet.graph.all(Workflow):
        places = ((step.name, workflow.at(*route, "name")) for route, step in steps(workflow.spec))
        for name, span, first in repeated(places):
            message = f"two steps are called `{name}`"
            yield RULE.at(span, message, help="rename one", related=[first])
