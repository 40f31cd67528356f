"""An owner or approver must be listed in policies/owners.yaml, so that they can be contacted."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.derive import Fleet
from compiler.derive.owners import named, owners
from compiler.diagnostic import Diagnostic, Rule, Severity, did_you_mean

RULE = Rule("owner-unknown", Severity.ERROR, "an owner or approver is not listed as an owner")


def check(fleet: Fleet) -> Iterator[Diagnostic]:
    """Every owner, approver, assignee or similar that no Owners resource lists, if there is one."""
    listed = owners(fleet.graph)
    for span, name in named(fleet.graph, fleet.systems) if listed else ():
        if name not in listed:
            help = did_you_mean(name, listed) or "list it in an Owners resource, with a contact"
            yield RULE.at(span, f"no Owners resource lists `{name}`", help=help)
