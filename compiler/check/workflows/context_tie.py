"""If priority decides, it is undefined which of two writers with the same priority wins."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.derive import Fleet
from compiler.diagnostic import Diagnostic, Label, Rule, Severity
from compiler.model import ContextSpace

RULE = Rule("context-tie", Severity.ERROR, "two writers of a context space have the same priority")


def check(fleet: Fleet) -> Iterator[Diagnostic]:
    """Every writer whose priority another writer has, or that is listed twice."""
    for space in fleet.graph.all(ContextSpace):
        if space.spec.conflict != "priority":
            continue
        seen: dict[int, tuple[str, Label]] = {}
        for w, writer in enumerate(space.spec.writers):
            span = space.at("writers", w, "priority")
            if (first := seen.get(writer.priority)) is not None:
                names = f"`{first[0]}` and `{writer.agent}`"
                message = f"{names} both have the priority {writer.priority}"
                yield RULE.at(span, message, help="give each its own", related=[first[1]])
            seen.setdefault(writer.priority, (str(writer.agent), Label(span, "the first one")))
