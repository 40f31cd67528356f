"""A registry that is searched by meaning does not find an agent whose meaning nobody computed."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.derive import Fleet
from compiler.derive.embeddings import PATH, described, fault, vector
from compiler.diagnostic import Diagnostic, Rule, Severity

RULE = Rule("embedding-missing", Severity.WARNING, "an agent cannot be found by meaning")


def check(fleet: Fleet) -> Iterator[Diagnostic]:
    """Every agent at work without a vector, where the registry asks for vectors."""
    if fault(fleet) is not None:
        return
    for agent in described(fleet):
        if not vector(fleet, agent):
            message = f"`{PATH}` has no vector for what `{agent.name}` is now said to do"
            yield RULE.at(agent.at("purpose"), message, help="run `make embeddings`")
