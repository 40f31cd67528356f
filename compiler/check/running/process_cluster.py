"""PM2's cluster mode runs Node programs only; anything else fails, and PM2 still says 0."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.derive import Fleet
from compiler.diagnostic import Diagnostic, Label, Rule, Severity

RULE = Rule("process-cluster", Severity.ERROR, "PM2 is told to cluster what it cannot")


def check(fleet: Fleet) -> Iterator[Diagnostic]:
    """Every place where PM2 is told to cluster what it cannot."""
    platform = fleet.platform_resource
    for p, process in enumerate(fleet.platform.processes):
        if process.mode == "cluster" and process.interpreter != "node":
            yield RULE.at(
                platform.at("processes", p, "mode"),
                f"`{process.name}` is no Node program, and cannot be clustered",
                help="use `mode: fork`",
                related=[Label(platform.at("processes", p, "interpreter"), "what runs it")],
            )
        if process.mode == "fork" and process.instances > 1 and process.port is not None:
            yield RULE.at(
                platform.at("processes", p, "instances"),
                f"{process.instances} forks of `{process.name}` fight for port {process.port}",
                help="use `mode: cluster`, or one instance",
                related=[Label(platform.at("processes", p, "port"), "the port")],
            )
