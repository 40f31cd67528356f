"""An event that two routes match goes to the first; the second one never runs."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.derive import Fleet
from compiler.diagnostic import Diagnostic, Rule, Severity, repeated
from compiler.model import Workflow
from compiler.model.workflow import EventDriven

RULE = Rule("route-twice", Severity.ERROR, "two routes match one kind of event")


def check(fleet: Fleet) -> Iterator[Diagnostic]:
    """Every place where two routes match one kind of event."""
    for workflow in fleet.graph.all(Workflow):
        pattern = workflow.spec.pattern
        if isinstance(pattern, EventDriven):
            places = (
                (match, workflow.at("pattern", "routes", r, "match", m))
                for r, route in enumerate(pattern.routes)
                for m, match in enumerate(route.match)
            )
            for match, span, first in repeated(places):
                message = f"`{match}` is matched twice"
                yield RULE.at(span, message, help="keep one of them", related=[first])
