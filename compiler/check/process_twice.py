"""PM2 tells processes apart by their names: of two with one name one is lost."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.derive import Fleet
from compiler.diagnostic import Diagnostic, Label, Rule, Severity

RULE = Rule("process-twice", Severity.ERROR, "two processes share a name")


def check(fleet: Fleet) -> Iterator[Diagnostic]:
    """Every place where two processes share a name."""
    platform = fleet.platform_resource
    seen: dict[str, Label] = {}
    for p, process in enumerate(fleet.platform.processes):
        span = platform.at("processes", p, "name")
        if (first := seen.get(process.name)) is not None:
            message = f"two processes are called `{process.name}`"
            yield RULE.at(span, message, help="rename one", related=[first])
        seen.setdefault(process.name, Label(span, "first here"))
