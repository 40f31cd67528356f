"""An event that two routes match goes to the first; the second one never runs."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.derive import Fleet
from compiler.diagnostic import Diagnostic, Label, Rule, Severity
from compiler.model import Workflow
from compiler.model.workflow import EventDriven

RULE = Rule("route-twice", Severity.ERROR, "two routes match one kind of event")


def check(fleet: Fleet) -> Iterator[Diagnostic]:
    """Every place where two routes match one kind of event."""
    for workflow in fleet.graph.all(Workflow):
        pattern = workflow.spec.pattern
        if not isinstance(pattern, EventDriven):
            continue
        seen: dict[str, Label] = {}
        for r, route in enumerate(pattern.routes):
            for m, match in enumerate(route.match):
                span = workflow.at("pattern", "routes", r, "match", m)
                if (first := seen.get(match)) is not None:
                    message = f"`{match}` is matched twice"
                    yield RULE.at(span, message, help="keep one of them", related=[first])
                seen.setdefault(match, Label(span, "first here"))
