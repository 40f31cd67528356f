"""Tools that make, sign and scan bills of materials see every image and hold credentials. In March
2026 the tags of a scanner pointed to malicious images (CVE-2026-33634); a digest prevents that.
"""

from __future__ import annotations

from collections.abc import Iterator

from compiler.derive import Fleet
from compiler.diagnostic import Diagnostic, Rule, Severity
from compiler.model import Image
from compiler.source import Route

RULE = Rule("tool-image-unpinned", Severity.ERROR, "a tool of the supply chain has no digest")


def check(fleet: Fleet) -> Iterator[Diagnostic]:
    """Every image of a tool without a digest."""
    chain, platform = fleet.platform.supplyChain, fleet.platform_resource
    if chain is None:
        return
    tools: dict[Route, Image] = {("syft",): chain.syft, ("cosign",): chain.cosign}
    if chain.rescan is not None:
        tools |= {("rescan", "image"): chain.rescan.image}
    for route, image in tools.items():
        if image.digest is None:
            yield RULE.at(
                platform.key_at("supplyChain", *route),
                f"the image of `{route[0]}` has no digest",
                help="run `roster lock`, or add the `digest` that the registry gives for the tag",
            )
