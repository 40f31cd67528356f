"""Calls that can destroy something (or, at some tiers, change anything) must wait for a human, as
the risk tier demands.
"""

from __future__ import annotations

from collections.abc import Iterator

from compiler.check.places import tool_place
from compiler.derive import Fleet
from compiler.diagnostic import Diagnostic, Label, Rule, Severity
from compiler.model import Agent, MCPServer, RiskTier

RULE = Rule(
    "approval-missing", Severity.ERROR, "a call that the risk tier puts under approval has none"
)


def check(fleet: Fleet) -> Iterator[Diagnostic]:
    """Every grant of such a call without approval."""
    for grant in fleet.grants:
        if grant.approval == "human":
            continue
        agent = fleet.graph.get(Agent, grant.call.agent)
        tier = fleet.graph.get(RiskTier, agent.spec.riskTier)
        traits = fleet.traits[grant.call.server, grant.call.tool]
        if traits.destructive and tier.spec.approveDestructive:
            verb, field = "destroy something with", "approveDestructive"
        elif traits.writes and tier.spec.approveWrites:
            verb, field = "change something with", "approveWrites"
        else:
            continue
        tool, server = grant.call.tool, fleet.graph.get(MCPServer, grant.call.server)
        yield RULE.at(
            fleet.place(grant),
            f"agent `{agent.name}` may {verb} `{tool}` without approval",
            help=f"set `approval: {{{tool}: human}}` on the grant, or drop the tool",
            related=[
                Label(tier.at(field), f"because its tier is `{tier.name}`"),
                Label(tool_place(server, tool), "because of this tool"),
            ],
        )
