"""A name that nobody can look up is nobody: what they own or approved is theirs no more."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.derive import Fleet
from compiler.derive.owners import named, owners
from compiler.diagnostic import Diagnostic, Rule, Severity, did_you_mean

RULE = Rule("owner-unknown", Severity.ERROR, "an owner or approver is not among the owners")


def check(fleet: Fleet) -> Iterator[Diagnostic]:
    """Every name of an owner, approver, assignee or the like that no Owners lists, if any do."""
    known = owners(fleet.graph)
    for span, name in named(fleet.graph, fleet.systems) if known else ():
        if name not in known:
            help = did_you_mean(name, known) or "list them in the Owners, with a contact"
            yield RULE.at(span, f"no Owners say who `{name}` is", help=help)
