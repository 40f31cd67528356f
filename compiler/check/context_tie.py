"""Where priority decides, two writers of one priority leave it to chance who wins."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.derive import Fleet
from compiler.diagnostic import Diagnostic, Label, Rule, Severity
from compiler.model import ContextSpace

RULE = Rule("context-tie", Severity.ERROR, "two writers of a context space have one priority")


def check(fleet: Fleet) -> Iterator[Diagnostic]:
    """Every place where two writers of a context space have one priority."""
    for space in fleet.graph.all(ContextSpace):
        if space.spec.conflict != "priority":
            continue
        seen: dict[int, Label] = {}
        for w, writer in enumerate(space.spec.writers):
            span = space.at("writers", w)
            if (first := seen.get(writer.priority)) is not None:
                message = f"`{writer.agent}` has the same priority as another writer"
                yield RULE.at(span, message, help="give each its own", related=[first])
            seen.setdefault(writer.priority, Label(span, "this one"))
