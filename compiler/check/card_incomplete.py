"""Every agent has limits and risks; a card that names none has not looked for them."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.derive import Fleet
from compiler.diagnostic import Diagnostic, Label, Rule, Severity
from compiler.model import Agent, Project

RULE = Rule("card-incomplete", Severity.WARNING, "an agent's card names no limitation, or no risk")


def check(fleet: Fleet) -> Iterator[Diagnostic]:
    """Every agent of a project that answers to a regime whose card lacks one of the two."""
    answering = [project for project in fleet.graph.all(Project) if project.spec.compliance]
    for agent in fleet.graph.all(Agent):
        teams = (p for p in answering if agent.name in {str(e.agent) for e in p.spec.agents})
        project, card = next(teams, None), agent.spec.card
        given = {"limitations": card.limitations, "risks": card.risks}
        lacking = [name for name, entries in given.items() if not entries]
        if project is not None and lacking:
            several = " and ".join(f"`card.{name}`" for name in lacking)
            yield RULE.at(
                agent.key_at("card"),
                f"agent `{agent.name}` has no {several}",
                help="say what it cannot do, and what can go wrong and what is done about it",
                related=[Label(project.at("compliance"), "this project answers to a regime")],
            )
