"""A project under the EU AI Act has exactly one record, which holds all its answers."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.ai_act.systems import REGIME
from compiler.derive import Fleet
from compiler.diagnostic import Diagnostic, Rule, Severity, repeated
from compiler.model import AISystem, Project

RULE = Rule(
    "ai-system-missing", Severity.ERROR, "a project under the EU AI Act has not exactly one record"
)


def check(fleet: Fleet) -> Iterator[Diagnostic]:
    """Every project without a record, every record without such a project, or too many."""
    for system in (s for s in fleet.systems if s.record is None):
        index = system.project.spec.compliance.index(REGIME)
        name = system.project.name
        yield RULE.at(
            system.project.at("compliance", index),
            f"project `{name}` is subject to the EU AI Act, but has no AISystem record",
            help=f"write an AISystem with `project: {name}` below `projects/{name}/`",
        )
    for record in fleet.graph.all(AISystem):
        project = fleet.graph.get(Project, record.spec.project)
        if REGIME not in project.spec.compliance:
            yield RULE.at(
                record.at("project"),
                f"project `{project.name}` has this record, but is not subject to the EU AI Act",
                help=f"add `{REGIME}` to its `compliance`, or remove the record",
            )
    records = ((str(r.spec.project), r.at("project")) for r in fleet.graph.all(AISystem))
    for name, span, first in repeated(records, "the first one"):
        message = f"project `{name}` has a record already"
        yield RULE.at(span, message, help="keep one", related=[first])
