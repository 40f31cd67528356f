"""PM2 identifies processes by name: of two with the same name one is lost."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.derive import Fleet
from compiler.diagnostic import Diagnostic, Rule, Severity, repeated

RULE = Rule("process-twice", Severity.ERROR, "two processes share a name")


def check(fleet: Fleet) -> Iterator[Diagnostic]:
    """Every place where two processes share a name."""
    platform, processes = fleet.platform_resource, enumerate(fleet.platform.processes)
    places = ((process.name, platform.at("processes", p, "name")) for p, process in processes)
    for name, span, first in repeated(places):
        message = f"two processes are called `{name}`"
        yield RULE.at(span, message, help="rename one", related=[first])
