"""With a misspelt prefix our images are not signed or verified, without any error."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.derive import Fleet
from compiler.derive.components import described
from compiler.diagnostic import Diagnostic, Rule, Severity, did_you_mean
from compiler.model import Agent, MCPServer

RULE = Rule("image-prefix-unused", Severity.WARNING, "no image starts with a prefix of our images")


def check(fleet: Fleet) -> Iterator[Diagnostic]:
    """Every such prefix, if there are any images."""
    chain, platform = fleet.platform.supplyChain, fleet.platform_resource
    names = sorted(_repositories(fleet))
    for index, prefix in enumerate(chain.images if chain and names else ()):
        if not any(name.startswith(prefix) for name in names):
            homes = {name.rpartition("/")[0] + "/" for name in names}
            tops = {"/".join(name.split("/")[:2]) + "/" for name in names}
            yield RULE.at(
                platform.at("supplyChain", "images", index),
                f"no image starts with `{prefix}`: nothing there is signed or verified",
                help=did_you_mean(prefix, homes | tops) or "remove it",
            )


def _repositories(fleet: Fleet) -> Iterator[str]:
    yield from (agent.spec.image.repository for agent in fleet.graph.all(Agent))
    for server in fleet.graph.all(MCPServer):
        if server.spec.image is not None:
            yield server.spec.image.repository
    yield from (component.image.repository for _, component in described(fleet.platform))
