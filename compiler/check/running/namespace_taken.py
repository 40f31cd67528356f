"""Two owners of one namespace delete each other's objects."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.derive import Fleet
from compiler.derive.namespaces import of_project
from compiler.diagnostic import Diagnostic, Label, Rule, Severity
from compiler.model import Project

RULE = Rule("namespace-taken", Severity.ERROR, "two things would get one namespace")


def check(fleet: Fleet) -> Iterator[Diagnostic]:
    """Every place where two things would get one namespace."""
    spaces, platform = fleet.platform.namespaces, fleet.platform_resource
    taken: dict[str, Label] = {}
    for field in ("servers", "agents", "infrastructure", "workflows"):
        name, span = getattr(spaces, field), platform.key_at("namespaces", field)
        if name in taken:
            message = f"`{field}` is the namespace `{name}`, which is taken"
            yield RULE.at(span, message, help="rename it", related=[taken[name]])
        taken.setdefault(name, Label(span, "the platform's"))
    for project in fleet.graph.all(Project):
        for name in dict.fromkeys(of_project(platform.spec, project.name)):
            if name in taken:
                message = f"the namespace `{name}` is taken"
                help = "rename the project"
                yield RULE.at(project.name_span, message, help=help, related=[taken[name]])
            taken.setdefault(name, Label(project.name_span, "has it already"))
