"""Two tools of one name are one to a model that sees only names, and to policies that know only
names. ToolHive #4861; Snyk agent-scan E002.
"""

from __future__ import annotations

from collections.abc import Iterator

from compiler.derive import Fleet
from compiler.derive.fleet import Grant
from compiler.diagnostic import Diagnostic, Label, Rule, Severity

RULE = Rule("tool-collision", Severity.WARNING, "an agent has two tools of one name")


def check(fleet: Fleet) -> Iterator[Diagnostic]:
    """Every name that an agent gets from a second server in one project."""
    for grants in fleet.grants_by_agent.values():
        first: dict[str, Grant] = {}
        for grant in grants:
            one = first.setdefault(grant.call.tool, grant)
            if one is not grant:
                call = grant.call
                yield RULE.at(
                    fleet.place(grant),
                    f"agent `{call.agent}` has `{call.tool}` of `{one.call.server}` and of"
                    f" `{call.server}`",
                    help="grant one of them, or split the work between two agents",
                    related=[Label(fleet.place(one), "the other one")],
                )
