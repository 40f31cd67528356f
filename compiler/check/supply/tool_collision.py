"""Models and policies that see only names cannot distinguish two tools with the same name. ToolHive
#4861; Snyk agent-scan E002.
"""

from __future__ import annotations

from collections.abc import Iterator

from compiler.derive import Fleet
from compiler.derive.fleet import Grant
from compiler.diagnostic import Diagnostic, Label, Rule, Severity

RULE = Rule("tool-collision", Severity.WARNING, "an agent has two tools with the same name")


def check(fleet: Fleet) -> Iterator[Diagnostic]:
    """Every name that an agent gets from a second server in one project."""
    for grants in fleet.grants_by_agent.values():
        first: dict[str, Grant] = {}
        for grant in grants:
            other = first.setdefault(grant.call.tool, grant)
            if other is not grant:
                call = grant.call
                yield RULE.at(
                    fleet.place(grant),
                    f"agent `{call.agent}` has `{call.tool}` of `{other.call.server}` and of"
                    f" `{call.server}`",
                    help="grant one of them, or split the work between two agents",
                    related=[Label(fleet.place(other), "the other one")],
                )
