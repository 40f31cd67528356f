"""A person must be able to stop a risky agent, and know that it is their task (EU AI Act, Art.
14(4)(e)).
"""

from __future__ import annotations

from collections.abc import Iterator

from compiler.derive import Fleet
from compiler.diagnostic import Diagnostic, Label, Rule, Severity
from compiler.model import Agent, RiskTier

RULE = Rule("stop-owner-missing", Severity.ERROR, "an agent does not say who can stop it, or how")


def check(fleet: Fleet) -> Iterator[Diagnostic]:
    """Every place where an agent does not say who can stop it, or how."""
    for agent in fleet.graph.all(Agent):
        tier = fleet.graph.get(RiskTier, agent.spec.riskTier)
        lacking = [f for f in ("owner", "stop") if getattr(agent.spec.oversight, f) is None]
        if tier.spec.stopOwner and lacking:
            words = {"owner": "by whom", "stop": "how"}
            what = " and ".join(words[field] for field in lacking)
            names = " and ".join(f"`oversight.{field}`" for field in lacking)
            yield RULE.at(
                agent.key_at("oversight"),
                f"agent `{agent.name}` does not say {what} it is stopped",
                help=f"set {names}",
                related=[Label(tier.at("stopOwner"), f"tier `{tier.name}` demands it")],
            )
