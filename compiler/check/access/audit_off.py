"""Who calls what at a tier that matters must be known afterwards. OWASP MCP08."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.check.flows.findings import LEVELS
from compiler.derive import Fleet
from compiler.derive.fleet import Grant
from compiler.diagnostic import Diagnostic, Label, Rule, Severity
from compiler.model import Agent, MCPServer, RiskTier

RULE = Rule(
    "audit-off",
    Severity.ERROR,
    "calls of an agent whose tier matters are not logged",
    {"tier": "medium"},
    {"tier": LEVELS},
)


def check(fleet: Fleet) -> Iterator[Diagnostic]:
    """Every server that logs no calls and is granted to an agent at or above the tier."""
    least = LEVELS.index(str(fleet.parameter(RULE, "tier")))
    for server in (one for one in fleet.graph.all(MCPServer) if not one.spec.audit):
        grants = [g for g in fleet.grants if g.call.server == server.name]
        riskiest = max(grants, key=lambda grant: _level(fleet, grant), default=None)
        if riskiest is not None and _level(fleet, riskiest) >= least:
            who = f"`{riskiest.call.agent}`, of tier {LEVELS[_level(fleet, riskiest)]},"
            yield RULE.at(
                server.at("audit"),
                f"calls of {who} to `{server.name}` are not logged",
                help="switch `audit` on",
                related=[Label(fleet.place(riskiest), "it may call the server")],
            )


def _level(fleet: Fleet, grant: Grant) -> int:
    tier = fleet.graph.get(Agent, grant.call.agent).spec.riskTier
    return LEVELS.index(fleet.graph.get(RiskTier, tier).spec.level)
