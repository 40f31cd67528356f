"""A registry that searches by meaning cannot find an agent without a computed vector."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.derive import Fleet
from compiler.derive.embeddings import PATH, described, fault, vector
from compiler.diagnostic import Diagnostic, Rule, Severity

RULE = Rule("embedding-missing", Severity.WARNING, "an agent cannot be found by meaning")


def check(fleet: Fleet) -> Iterator[Diagnostic]:
    """Every deployed agent without a vector, if the registry uses vectors."""
    if fault(fleet) is not None:
        return
    for agent in described(fleet):
        if not vector(fleet, agent):
            message = f"`{PATH}` has no vector for the present description of `{agent.name}`"
            yield RULE.at(agent.at("purpose"), message, help="run `make embeddings`")
