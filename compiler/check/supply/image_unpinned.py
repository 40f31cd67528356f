"""A tag can point to another image tomorrow; only a digest identifies what was reviewed."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.derive import Fleet
from compiler.derive.components import described
from compiler.diagnostic import Diagnostic, Rule, Severity
from compiler.graph import Resource
from compiler.model import Agent, MCPServer

RULE = Rule("image-unpinned", Severity.WARNING, "an image has no digest")
_HELP = "run `roster lock`, or add the `digest` that the registry gives for the tag"


def check(fleet: Fleet) -> Iterator[Diagnostic]:
    """Every image without a digest."""
    resources: list[Resource[Agent] | Resource[MCPServer]]
    resources = [*fleet.graph.all(Agent), *fleet.graph.all(MCPServer)]
    for resource in resources:
        image = resource.spec.image
        if image is not None and image.digest is None:
            yield RULE.at(
                resource.key_at("image"),
                f"the image of `{resource.name}` has no digest",
                help=_HELP,
            )
    image = fleet.platform.contextStore.image
    if image is not None and image.digest is None:
        span = fleet.platform_resource.key_at("contextStore", "image")
        yield RULE.at(span, "the image of the context store has no digest", help=_HELP)
    for key, component in described(fleet.platform):
        if component.image.digest is None:
            span = fleet.platform_resource.key_at("components", key, "image")
            yield RULE.at(span, f"the image of `{key}` has no digest", help=_HELP)
