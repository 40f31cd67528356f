"""Two projects under one name: a document that mentions it means which?"""

from __future__ import annotations

from collections.abc import Iterator

from compiler.derive import Fleet
from compiler.diagnostic import Diagnostic, Label, Rule, Severity
from compiler.model import Project

RULE = Rule("alias-taken", Severity.ERROR, "a name or alias belongs to two projects")


def check(fleet: Fleet) -> Iterator[Diagnostic]:
    """Every place where a name or alias belongs to two projects."""
    seen: dict[str, tuple[str, Label]] = {}
    for project in fleet.graph.all(Project):
        names = [
            (project.name, project.name_span),
            (project.spec.displayName, project.at("displayName")),
        ]
        names += [(a, project.at("aliases", i)) for i, a in enumerate(project.spec.aliases)]
        for name, span in names:
            first = seen.setdefault(name.lower(), (project.name, Label(span, "taken here")))
            if first[0] != project.name:
                message = f"`{name}` already names project `{first[0]}`"
                yield RULE.at(span, message, help="drop one of them", related=[first[1]])
