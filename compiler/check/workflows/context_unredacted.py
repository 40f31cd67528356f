"""Confidential values that are stored unredacted can leak; the platform redacts before storage."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.derive import Fleet
from compiler.diagnostic import Diagnostic, Rule, Severity
from compiler.model import ContextSpace

RULE = Rule("context-unredacted", Severity.ERROR, "confidential values are stored unredacted")


def check(fleet: Fleet) -> Iterator[Diagnostic]:
    """Every place where confidential values are stored unredacted."""
    for space in fleet.graph.all(ContextSpace):
        if space.spec.dataClass in ("confidential", "restricted") and not space.spec.redaction:
            yield RULE.at(
                space.at("dataClass"),
                f"context space `{space.name}` stores {space.spec.dataClass} values unredacted",
                help="list what is removed under `redaction`",
            )
