"""What agents are configured to use must be deployed from these specs, or declared as external."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.derive import Fleet
from compiler.diagnostic import Diagnostic, Rule, Severity

RULE = Rule("component-missing", Severity.ERROR, "a component is needed that nothing deploys")


def check(fleet: Fleet) -> Iterator[Diagnostic]:
    """Every part of the platform that its components do not provide."""
    platform, resource = fleet.platform, fleet.platform_resource
    if platform.components is None:
        return
    store, bus = platform.contextStore, platform.eventBus
    if store.kind == "StatefulSet" and store.image is None:
        yield RULE.at(
            resource.at("contextStore", "kind"),
            "the context store has no image, and is not deployed",
            help="name its `image`, or set `managed` if it runs elsewhere",
        )
    if bus.kind != "redis-streams":
        yield RULE.at(
            resource.at("eventBus", "kind"),
            f"nothing deploys {bus.kind}: topics are streams of the context store",
            help="use `redis-streams`, or drop `components` if something else deploys the bus",
        )
    elif bus.topics and store.kind == "managed":
        yield RULE.at(
            resource.at("eventBus", "kind"),
            "topics are streams of the context store, and that is managed elsewhere",
            help="deploy the store from these specs, or drop the topics",
        )
