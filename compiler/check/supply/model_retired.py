"""After a model's last day its provider answers with errors, and agents on it stop working."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.derive import Fleet
from compiler.diagnostic import Diagnostic, Label, Rule, Severity
from compiler.model import Agent, LanguageModel

RULE = Rule("model-retired", Severity.ERROR, "a model that its provider has switched off is in use")


def check(fleet: Fleet) -> Iterator[Diagnostic]:
    """Every place where a model that its provider has switched off is in use."""
    for model in fleet.graph.all(LanguageModel):
        day = model.spec.retires
        if day is None or day > fleet.today:
            continue
        for agent in fleet.graph.all(Agent):
            if agent.spec.model == model.name:
                yield RULE.at(
                    agent.at("model"),
                    f"agent `{agent.name}` runs on `{model.spec.id}`, which is switched off",
                    help="choose a model that is served",
                    related=[Label(model.at("retires"), "switched off on this day")],
                )
