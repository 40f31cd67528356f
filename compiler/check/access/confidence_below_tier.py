"""The higher the risk tier, the more confident an agent must be before it acts."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.derive import Fleet
from compiler.diagnostic import Diagnostic, Label, Rule, Severity
from compiler.model import Agent, RiskTier

RULE = Rule(
    "confidence-below-tier", Severity.ERROR, "an agent acts on less confidence than its tier allows"
)


def check(fleet: Fleet) -> Iterator[Diagnostic]:
    """Every place where an agent acts on less confidence than its tier allows."""
    for agent in fleet.graph.all(Agent):
        tier = fleet.graph.get(RiskTier, agent.spec.riskTier)
        if agent.spec.confidenceThreshold < tier.spec.minimumConfidence:
            yield RULE.at(
                agent.at("confidenceThreshold"),
                f"agent `{agent.name}` acts at a confidence of {agent.spec.confidenceThreshold}",
                help=f"raise it to {tier.spec.minimumConfidence} at least",
                related=[Label(tier.at("minimumConfidence"), f"tier `{tier.name}` asks for more")],
            )
