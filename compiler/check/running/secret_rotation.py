"""The longer a credential is valid, the longer a stolen one works; the platform sets a limit."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.derive import Fleet
from compiler.derive.access import secrets
from compiler.derive.quantity import seconds
from compiler.diagnostic import Diagnostic, Label, Rule, Severity

RULE = Rule(
    "secret-rotation", Severity.ERROR, "a credential is valid longer than the platform allows"
)


def check(fleet: Fleet) -> Iterator[Diagnostic]:
    """Every such credential."""
    store = fleet.platform.secretStore
    span = fleet.platform_resource.at("secretStore", "maxRotation")
    label = Label(span, f"the limit is {store.maxRotation}")
    for resource, route, secret in secrets(fleet.graph):
        if seconds(secret.rotation) > seconds(store.maxRotation):
            yield RULE.at(
                resource.at(*route, "rotation"),
                f"`{secret.name}` is only replaced every {secret.rotation}",
                help=f"replace it at least every {store.maxRotation}",
                related=[label],
            )
