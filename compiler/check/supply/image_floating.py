"""Tags such as `latest` move, so that it is unknown which image runs."""

from __future__ import annotations

import re
from collections.abc import Iterator

from compiler.derive import Fleet
from compiler.derive.components import described
from compiler.diagnostic import Diagnostic, Rule, Severity
from compiler.model import Agent, Image, MCPServer
from compiler.source import Span

RULE = Rule("image-floating", Severity.ERROR, "an image's tag moves")
_MOVING = re.compile(r"(latest|main|master|edge|nightly|dev|develop|stable|canary|next)(-.*)?")


def check(fleet: Fleet) -> Iterator[Diagnostic]:
    """Every image with such a tag and without a digest."""
    images: list[tuple[str, Image | None, Span]] = [
        (r.name, r.spec.image, r.at("image", "tag")) for r in fleet.graph.all(Agent)
    ]
    images += [(s.name, s.spec.image, s.at("image", "tag")) for s in fleet.graph.all(MCPServer)]
    store = fleet.platform_resource.at("contextStore", "image", "tag")
    images.append(("context-store", fleet.platform.contextStore.image, store))
    images += [
        (key, component.image, fleet.platform_resource.at("components", key, "image", "tag"))
        for key, component in described(fleet.platform)
    ]
    for name, image, span in images:
        if image and image.digest is None and _MOVING.fullmatch(image.tag.lower()):
            yield RULE.at(span, f"the tag `{image.tag}` of `{name}` moves", help="name a version")
