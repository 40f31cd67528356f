"""Some uses of AI are prohibited, whatever the record says of them (EU AI Act, Art. 5(1))."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.ai_act.law import PROHIBITED
from compiler.derive import Fleet
from compiler.diagnostic import Diagnostic, Rule, Severity
from compiler.model import Agent

RULE = Rule(
    "prohibited-practice", Severity.ERROR, "an agent does what the EU AI Act prohibits", hard=True
)


def check(fleet: Fleet) -> Iterator[Diagnostic]:
    """Every practice of Art. 5(1) that an agent answers with yes, in whichever project it works."""
    for agent in fleet.graph.all(Agent):
        answers = agent.spec.compliance
        for letter, practice in PROHIBITED.items() if answers else ():
            if getattr(answers.prohibited if answers else None, letter):
                yield RULE.at(
                    agent.at("compliance", "prohibited", letter),
                    f"agent `{agent.name}` does what Art. 5(1)({letter}) prohibits: {practice}",
                    help="such a system must not exist; if the answer is wrong, correct it",
                )
