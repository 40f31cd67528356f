"""The person in charge of stopping an agent must be reachable (EU AI Act, Art. 14(4)(e))."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.derive import Fleet
from compiler.derive.owners import owners, stoppers
from compiler.diagnostic import Diagnostic, Rule, Severity, did_you_mean

RULE = Rule(
    "stop-owner-unknown",
    Severity.ERROR,
    "who can stop an agent or a system is not among the owners",
)


def check(fleet: Fleet) -> Iterator[Diagnostic]:
    """Every owner of a stop, of a system or of an agent in one, that no Owners list.

    Without any Owners, only the first is reported.
    """
    listed = owners(fleet.graph)
    for resource, route, name in stoppers(fleet.graph, fleet.systems):
        if name not in listed:
            yield RULE.at(
                resource.at(*route),
                f"`{name}` is to stop `{resource.name}`, but no Owners list it",
                help=did_you_mean(name, listed) or "list it in the Owners, with a contact",
            )
            if not listed:
                return
