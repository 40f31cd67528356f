"""`latest` and its like are meant to move: nobody can say what runs."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.derive import Fleet
from compiler.diagnostic import Diagnostic, Rule, Severity
from compiler.graph import Resource
from compiler.model import Agent, MCPServer

RULE = Rule("image-floating", Severity.ERROR, "an image's tag is meant to move")
_MOVING = frozenset({"latest", "main", "master", "edge", "nightly", "dev", "stable"})


def check(fleet: Fleet) -> Iterator[Diagnostic]:
    """Every place where an image's tag is meant to move."""
    resources: list[Resource[Agent] | Resource[MCPServer]]
    resources = [*fleet.graph.all(Agent), *fleet.graph.all(MCPServer)]
    for resource in resources:
        image = resource.spec.image
        if image is not None and image.tag.lower() in _MOVING:
            message = f"the tag `{image.tag}` of `{resource.name}` moves"
            yield RULE.at(resource.at("image", "tag"), message, help="name a version")
