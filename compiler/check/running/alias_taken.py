"""With one name for two projects, a document that uses the name is ambiguous."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.derive import Fleet
from compiler.diagnostic import Diagnostic, Label, Rule, Severity
from compiler.model import Project

RULE = Rule("alias-taken", Severity.ERROR, "a name or alias belongs to two projects")


def check(fleet: Fleet) -> Iterator[Diagnostic]:
    """Every place where a name or alias belongs to two projects; names win over aliases."""
    projects = fleet.graph.all(Project)
    names = [(p, p.name, p.name_span) for p in projects]
    names += [(p, p.spec.displayName, p.at("displayName")) for p in projects]
    names += [(p, a, p.at("aliases", i)) for p in projects for i, a in enumerate(p.spec.aliases)]
    seen: dict[str, tuple[str, Label]] = {}
    for project, name, span in names:
        first = seen.setdefault(name.lower(), (project.name, Label(span, "taken here")))
        if first[0] != project.name:
            message = f"`{name}` already names project `{first[0]}`"
            yield RULE.at(span, message, help="choose another one here", related=[first[1]])
