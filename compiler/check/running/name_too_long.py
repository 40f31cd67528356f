"""A namespace has the name of its project in it; Kubernetes allows 63 characters."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.derive import Fleet
from compiler.diagnostic import Diagnostic, Rule, Severity
from compiler.model import Project

RULE = Rule(
    "name-too-long", Severity.ERROR, "a name derived for Kubernetes is longer than 63 characters"
)


def check(fleet: Fleet) -> Iterator[Diagnostic]:
    """Every project whose namespaces would have longer names."""
    spaces = fleet.platform.namespaces
    longest = max(len(spaces.agents), len(spaces.servers))
    for project in fleet.graph.all(Project):
        if len(project.name) + 1 + longest > 63:
            yield RULE.at(
                project.name_span,
                f"the namespaces of `{project.name}` would have more than 63 characters",
                help=f"use at most {62 - longest} characters",
            )
