"""PM2's cluster mode runs Node programs only; others fail, and PM2 still exits with 0."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.derive import Fleet
from compiler.diagnostic import Diagnostic, Label, Rule, Severity

RULE = Rule("process-cluster", Severity.ERROR, "a process uses a PM2 mode that it cannot run in")


def check(fleet: Fleet) -> Iterator[Diagnostic]:
    """Every process in a mode that it cannot run in."""
    platform = fleet.platform_resource
    for p, process in enumerate(fleet.platform.processes):
        if process.mode == "cluster" and process.interpreter != "node":
            yield RULE.at(
                platform.at("processes", p, "mode"),
                f"`{process.name}` is not a Node program, and cannot run in cluster mode",
                help="use `mode: fork`",
                related=[Label(platform.at("processes", p, "interpreter"), "what runs it")],
            )
        if process.mode == "fork" and process.instances > 1 and process.port is not None:
            yield RULE.at(
                platform.at("processes", p, "instances"),
                f"{process.instances} forks of `{process.name}` compete for port {process.port}",
                help="use `mode: cluster`, or one instance",
                related=[Label(platform.at("processes", p, "port"), "the port")],
            )
