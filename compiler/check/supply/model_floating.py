"""An alias without a date can become another model than the one that was evaluated."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.derive import Fleet
from compiler.derive.versions import exact
from compiler.diagnostic import Diagnostic, Label, Rule, Severity
from compiler.model import Agent, LanguageModel, RiskTier

RULE = Rule("model-floating", Severity.ERROR, "a model id names no exact version")


def check(fleet: Fleet) -> Iterator[Diagnostic]:
    """Every such model of an agent whose tier demands an exact version."""
    for model in fleet.graph.all(LanguageModel):
        if exact(model.spec.id):
            continue
        users = [
            agent
            for agent in fleet.graph.all(Agent)
            if agent.spec.model == model.name
            and fleet.graph.get(RiskTier, agent.spec.riskTier).spec.exactModel
        ]
        for agent in users[:1]:
            yield RULE.at(
                model.at("id"),
                f"`{model.spec.id}` names no exact version, and agent `{agent.name}` needs one",
                help="write the exact id, such as `claude-haiku-4-5-20251001`",
                related=[Label(agent.at("riskTier"), "its tier demands an exact model")],
            )
