"""The move to another model takes evaluation, and so time."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from compiler.derive import Fleet
from compiler.diagnostic import Diagnostic, Label, Rule, Severity
from compiler.model import Agent, LanguageModel

RULE = Rule("model-retiring", Severity.WARNING, "a model in use is switched off soon", {"days": 90})


def check(fleet: Fleet) -> Iterator[Diagnostic]:
    """Every place where a model in use is switched off soon."""
    days = int(fleet.parameter(RULE, "days"))
    for model in fleet.graph.all(LanguageModel):
        day = model.spec.retires
        if day is None or not fleet.today < day <= fleet.today + timedelta(days=days):
            continue
        for agent in fleet.graph.all(Agent):
            if agent.spec.model == model.name:
                left = (day - fleet.today).days
                yield RULE.at(
                    agent.at("model"),
                    f"`{model.spec.id}` is switched off in {left} days",
                    help="choose a model that stays, and evaluate the agent on it",
                    related=[Label(model.at("retires"), "its last day")],
                )
