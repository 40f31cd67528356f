"""Who calls what at a tier that matters must be known afterwards. OWASP MCP08."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.derive import Fleet
from compiler.derive.flows import LEVELS
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
    for server in fleet.graph.all(MCPServer):
        if server.spec.audit:
            continue
        for grant in fleet.grants:
            tier = fleet.graph.get(Agent, grant.call.agent).spec.riskTier
            level = fleet.graph.get(RiskTier, tier).spec.level
            if grant.call.server == server.name and LEVELS.index(level) >= least:
                yield RULE.at(
                    server.at("audit"),
                    f"calls of `{grant.call.agent}`, of tier {level}, are not logged",
                    help="switch `audit` on",
                    related=[Label(fleet.place(grant), "it may call the server")],
                )
                break
