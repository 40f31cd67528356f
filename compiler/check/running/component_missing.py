"""What agents are told to talk to must be there: deployed from here, or left out on purpose."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.derive import Fleet
from compiler.diagnostic import Diagnostic, Rule, Severity

RULE = Rule("component-missing", Severity.ERROR, "a component is asked for that nothing deploys")


def check(fleet: Fleet) -> Iterator[Diagnostic]:
    """Every place where the platform's components cannot be what the platform says."""
    platform, here = fleet.platform, fleet.platform_resource
    if platform.components is None:
        return
    store, bus = platform.contextStore, platform.eventBus
    if store.kind == "StatefulSet" and store.image is None:
        yield RULE.at(
            here.at("contextStore", "kind"),
            "the context store has no image, and is not deployed",
            help="name its `image`, or say `managed` if it runs elsewhere",
        )
    if bus.kind != "redis-streams":
        yield RULE.at(
            here.at("eventBus", "kind"),
            f"nothing here deploys {bus.kind}: topics are streams of the context store",
            help="say `redis-streams`, or leave `components` to who deploys the bus",
        )
    elif bus.topics and store.kind == "managed":
        yield RULE.at(
            here.at("eventBus", "kind"),
            "topics are streams of the context store, and that is managed elsewhere",
            help="have the store deployed from here, or drop the topics",
        )
