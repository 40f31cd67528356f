"""LangGraph resumes a killed run only from checkpoints that were written synchronously; otherwise
it starts from the beginning, and repeats every step.
"""

from __future__ import annotations

from collections.abc import Iterator

from compiler.derive import Fleet
from compiler.diagnostic import Diagnostic, Rule, Severity
from compiler.model import Workflow

RULE = Rule("durability-lost", Severity.ERROR, "a workflow would start again after a kill")


def check(fleet: Fleet) -> Iterator[Diagnostic]:
    """Every place where a workflow would start again after a kill."""
    for workflow in fleet.graph.all(Workflow):
        if workflow.spec.checkpointing.durability != "sync":
            yield RULE.at(
                workflow.at("checkpointing", "durability"),
                f"a killed run of `{workflow.name}` starts again from scratch",
                help="use `durability: sync`",
            )
