"""The checks, in wings.

To add one: a module in a wing, its name in the wing's `CHECKS`, and a page in tests/check/.
"""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from typing import Protocol, cast

from compiler.check import access, ai_act, capacity, flows, running, supply, workflows
from compiler.check.waivers import RULES, apply_policies
from compiler.derive import Fleet
from compiler.diagnostic import Diagnostic, Rule

__all__ = ["CHECKS", "RULES", "WINGS", "check"]


class Check(Protocol):
    """A check is a module: a RULE, and a function that yields every place which breaks it."""

    RULE: Rule

    def check(self, fleet: Fleet) -> Iterator[Diagnostic]: ...


WINGS = (access, flows, running, capacity, workflows, supply, ai_act)
CHECKS = tuple(
    cast("Check", import_module(f"{wing.__name__}.{name}"))
    for wing in WINGS
    for name in wing.CHECKS
)


def check(fleet: Fleet) -> tuple[Diagnostic, ...]:
    """Run every check, set the severities that policies set, and drop what waivers cover."""
    diagnostics = [diagnostic for check in CHECKS for diagnostic in check.check(fleet)]
    return apply_policies(fleet, diagnostics, [check.RULE for check in CHECKS])
