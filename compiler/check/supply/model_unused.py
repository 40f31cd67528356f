"""A model that no agent runs on still has to be reviewed as a supplier."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.derive import Fleet
from compiler.diagnostic import Diagnostic, Rule, Severity
from compiler.model import LanguageModel

RULE = Rule("model-unused", Severity.WARNING, "no agent runs on a model")


def check(fleet: Fleet) -> Iterator[Diagnostic]:
    """Every place where no agent runs on a model."""
    for model in fleet.graph.all(LanguageModel):
        if not fleet.graph.users[model.id]:
            yield RULE.at(model.name_span, f"no agent runs on `{model.name}`", help="remove it")
