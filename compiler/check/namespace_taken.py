"""Two owners of one namespace delete each other's objects."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.derive import Fleet
from compiler.diagnostic import Diagnostic, Label, Rule, Severity
from compiler.model import Project

RULE = Rule("namespace-taken", Severity.ERROR, "two things would get one namespace")


def check(fleet: Fleet) -> Iterator[Diagnostic]:
    """Every place where two things would get one namespace."""
    spaces = fleet.platform.namespaces
    names = (spaces.servers, spaces.agents, spaces.infrastructure, spaces.workflows)
    platform = Label(fleet.platform_resource.name_span, "the platform's namespaces")
    if len(set(names)) < len(names):
        span = fleet.platform_resource.key_at("namespaces")
        yield RULE.at(span, "two of the platform's namespaces share a name", help="rename one")
    taken = dict.fromkeys(names, platform)
    for project in fleet.graph.all(Project):
        for name in (f"{project.name}-{spaces.agents}", f"{project.name}-{spaces.servers}"):
            if name in taken:
                message = f"the namespace `{name}` is taken"
                help = "rename the project"
                yield RULE.at(project.name_span, message, help=help, related=[taken[name]])
            taken[name] = Label(project.name_span, "has it already")
