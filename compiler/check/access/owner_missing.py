"""A resource without an owner is not maintained, reviewed or switched off."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.derive import Fleet
from compiler.diagnostic import Diagnostic, Rule, Severity
from compiler.model import Agent, ContextSpace, MCPServer, Project, Workflow

RULE = Rule("owner-missing", Severity.ERROR, "a resource has no owner")


def check(fleet: Fleet) -> Iterator[Diagnostic]:
    """Every place where a resource has no owner."""
    for kind in (Agent, MCPServer, Project, Workflow, ContextSpace):
        for resource in fleet.graph.all(kind):
            if resource.owner is None:
                yield RULE.at(
                    resource.name_span, f"`{resource.id}` has no owner", help="add `metadata.owner`"
                )
