"""Calls by agents of a critical tier must be logged, so that they can be traced. OWASP MCP08."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.check.grading import LEVELS, level
from compiler.derive import Fleet
from compiler.diagnostic import Diagnostic, Label, Rule, Severity
from compiler.model import MCPServer

RULE = Rule(
    "audit-off",
    Severity.ERROR,
    "calls of an agent at or above a tier are not logged",
    {"tier": "medium"},
    {"tier": LEVELS},
)


def check(fleet: Fleet) -> Iterator[Diagnostic]:
    """Yield every server that logs no calls and is granted to an agent at or above the tier."""
    minimum = LEVELS.index(str(fleet.parameter(RULE, "tier")))
    for server in (s for s in fleet.graph.all(MCPServer) if not s.spec.audit):
        grants = [g for g in fleet.grants if g.call.server == server.name]
        if not grants:
            continue
        riskiest = max(grants, key=lambda grant: level(fleet, grant.call.agent))
        agent = riskiest.call.agent
        if level(fleet, agent) >= minimum:
            tier = LEVELS[level(fleet, agent)]
            yield RULE.at(
                server.at("audit"),
                f"calls of `{agent}`, of tier {tier}, to `{server.name}` are not logged",
                help="switch `audit` on",
                related=[Label(fleet.place(riskiest), "it may call the server")],
            )
