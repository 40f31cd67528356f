"""The longer a credential lives, the longer a stolen one works; the platform sets a limit."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.derive import Fleet
from compiler.derive.quantity import seconds
from compiler.diagnostic import Diagnostic, Label, Rule, Severity
from compiler.model import MCPServer

RULE = Rule("secret-rotation", Severity.ERROR, "a credential lives longer than the platform allows")


def check(fleet: Fleet) -> Iterator[Diagnostic]:
    """Every place where a credential lives longer than the platform allows."""
    store = fleet.platform.secretStore
    label = Label(fleet.platform_resource.at("secretStore", "maxRotation"), "the limit")
    for server in fleet.graph.all(MCPServer):
        for s, secret in enumerate(server.spec.secrets):
            if seconds(secret.rotation) > seconds(store.maxRotation):
                yield RULE.at(
                    server.at("secrets", s, "rotation"),
                    f"`{secret.name}` is replaced every {secret.rotation} only",
                    help=f"replace it every {store.maxRotation} at least",
                    related=[label],
                )
