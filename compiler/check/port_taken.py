"""Two processes on one port of one laptop: the second one dies."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.derive import Fleet
from compiler.diagnostic import Diagnostic, Label, Rule, Severity

RULE = Rule("port-taken", Severity.ERROR, "two processes listen on one port")


def check(fleet: Fleet) -> Iterator[Diagnostic]:
    """Every place where two processes listen on one port."""
    platform = fleet.platform_resource
    seen: dict[int, Label] = {}
    for p, process in enumerate(fleet.platform.processes):
        if process.port is None:
            continue
        span = platform.at("processes", p, "port")
        if (first := seen.get(process.port)) is not None:
            message = f"port {process.port} is taken"
            yield RULE.at(span, message, help="choose another one", related=[first])
        seen.setdefault(process.port, Label(span, "taken here"))
