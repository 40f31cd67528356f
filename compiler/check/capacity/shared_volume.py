"""Replicas that write to one volume corrupt each other's data; each needs its own, which a
StatefulSet provides.
"""

from __future__ import annotations

from collections.abc import Iterator

from compiler.derive import Fleet
from compiler.diagnostic import Diagnostic, Label, Rule, Severity

RULE = Rule("shared-volume", Severity.ERROR, "replicas of a store share one volume")


def check(fleet: Fleet) -> Iterator[Diagnostic]:
    """Every place where replicas of a store share one volume."""
    store = fleet.platform.contextStore
    if store.kind == "managed" or store.replicas == 1:
        return
    platform = fleet.platform_resource
    if store.volume == "shared" or store.kind == "Deployment":
        field = "volume" if store.volume == "shared" else "kind"
        yield RULE.at(
            platform.at("contextStore", field),
            f"{store.replicas} replicas of the context store share one volume",
            help="use `kind: StatefulSet` with `volume: per-replica`, or a managed service",
            related=[Label(platform.at("contextStore", "replicas"), "the replicas")],
        )
