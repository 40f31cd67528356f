"""A grant with a last day is not approved after that day."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.derive import Fleet
from compiler.diagnostic import Diagnostic, Rule, Severity
from compiler.model import Project

RULE = Rule("grant-expired", Severity.ERROR, "a grant is past its last day")


def check(fleet: Fleet) -> Iterator[Diagnostic]:
    """Every place where a grant is past its last day."""
    for project in fleet.graph.all(Project):
        for a, member in enumerate(project.spec.agents):
            for g, entry in enumerate(member.grants):
                if entry.expires is not None and entry.expires < fleet.today:
                    message = f"the grant of `{entry.server}` to `{member.agent}` has expired"
                    help = "drop the grant, or have it approved again with a new day"
                    yield RULE.at(
                        project.at("agents", a, "grants", g, "expires"), message, help=help
                    )
