"""Of two processes on one port of a laptop the second fails to start."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.derive import Fleet
from compiler.diagnostic import Diagnostic, Rule, Severity, repeated

RULE = Rule("port-taken", Severity.ERROR, "two processes listen on one port")


def check(fleet: Fleet) -> Iterator[Diagnostic]:
    """Every place where two processes listen on one port."""
    platform = fleet.platform_resource
    places = (
        (process.port, platform.at("processes", p, "port"))
        for p, process in enumerate(fleet.platform.processes)
        if process.port is not None
    )
    for port, span, first in repeated(places, "taken here"):
        message = f"port {port} is taken"
        yield RULE.at(span, message, help="choose another one", related=[first])
