"""Every agent has limitations and risks; a card that names none is incomplete."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.derive import Fleet
from compiler.diagnostic import Diagnostic, Label, Rule, Severity
from compiler.graph import Resource
from compiler.model import Agent, Project

RULE = Rule("card-incomplete", Severity.WARNING, "an agent's card names no limitation, or no risk")


def check(fleet: Fleet) -> Iterator[Diagnostic]:
    """Every agent of a project that is subject to a regime whose card lacks one of the two."""
    answering: dict[str, Resource[Project]] = {}
    for project in (p for p in fleet.graph.all(Project) if p.spec.compliance):
        for entry in project.spec.agents:
            answering.setdefault(str(entry.agent), project)
    for agent in (a for a in fleet.graph.all(Agent) if a.name in answering):
        card = agent.spec.card
        entries = {"limitations": card.limitations, "risks": card.risks}
        lacking = [name for name, items in entries.items() if not items]
        if lacking:
            several = " and ".join(f"`card.{name}`" for name in lacking)
            yield RULE.at(
                agent.key_at("card"),
                f"agent `{agent.name}` has no {several}",
                help="say what it cannot do, and what can go wrong and what is done about it",
                related=[
                    Label(answering[agent.name].at("compliance"), "the regimes it is subject to")
                ],
            )
