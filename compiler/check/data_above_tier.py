"""A risk tier says how sensitive the data may be that its agents touch."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.derive import Fleet
from compiler.diagnostic import Diagnostic, Label, Rule, Severity
from compiler.model import Agent, MCPServer, Project, RiskTier

RULE = Rule("data-above-tier", Severity.ERROR, "an agent touches data above its risk tier")
_ORDER = ("public", "internal", "confidential", "restricted")


def check(fleet: Fleet) -> Iterator[Diagnostic]:
    """Every place where an agent touches data above its risk tier."""
    seen = set()
    for grant in fleet.grants:
        agent = fleet.graph.get(Agent, grant.call.agent)
        tier = fleet.graph.get(RiskTier, agent.spec.riskTier)
        server = fleet.graph.get(MCPServer, grant.call.server)
        key = (grant.call.project, grant.route)
        above = _ORDER.index(server.spec.dataClass) > _ORDER.index(tier.spec.dataClass)
        if above and key not in seen:
            seen.add(key)
            project = fleet.graph.get(Project, grant.call.project)
            yield RULE.at(
                project.at(*grant.route, "server"),
                f"agent `{agent.name}` touches {server.spec.dataClass} data of `{server.name}`",
                help=f"raise the agent's risk tier; `{tier.name}` ends at {tier.spec.dataClass}",
                related=[
                    Label(server.at("dataClass"), "the data"),
                    Label(tier.at("dataClass"), "the tier's limit"),
                ],
            )
