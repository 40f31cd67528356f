"""Moving to another model takes time, because agents have to be evaluated on it."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.derive import Fleet
from compiler.diagnostic import Diagnostic, Label, Rule, Severity
from compiler.model import Agent, LanguageModel

RULE = Rule("model-retiring", Severity.WARNING, "a model in use is switched off soon", {"days": 90})


def check(fleet: Fleet) -> Iterator[Diagnostic]:
    """Every place where a model in use is switched off soon."""
    days = int(fleet.parameter(RULE, "days"))
    for model in fleet.graph.all(LanguageModel):
        day = model.spec.retires
        if day is None or not 0 < (day - fleet.today).days <= days:
            continue
        for agent in fleet.graph.all(Agent):
            if agent.spec.model == model.name:
                days_left = (day - fleet.today).days
                left = "tomorrow" if days_left == 1 else f"in {days_left} days"
                yield RULE.at(
                    agent.at("model"),
                    f"agent `{agent.name}` runs on `{model.spec.id}`, which is switched off {left}",
                    help="choose a model that is not retired soon, and evaluate the agent on it",
                    related=[Label(model.at("retires"), "on this day")],
                )
