"""The card of a language model for people: which one, its supplier's papers, who runs on it."""

from __future__ import annotations

from compiler.derive import Fleet
from compiler.emit.cards import front_matter
from compiler.emit.cards.facts import classes, contact, results, runs_on, source
from compiler.emit.format.template import render
from compiler.file import File, Origin
from compiler.graph import Resource
from compiler.model import Agent, LanguageModel


def model_page(fleet: Fleet, model: Resource[LanguageModel]) -> File:
    """`cards/models/<model>.md`."""
    users = runs_on(fleet, model)
    facts = {
        "name": model.name,
        "model": model.spec,
        "owner": contact(fleet, model.owner),
        "bom": f"{model.name}.cdx.json",
        "agents": [_user(fleet, agent) for agent in users],
        "metrics": results(fleet, model.spec.evaluation),
        "card": source(model, law=bool(fleet.systems)),
    }
    body = render(fleet.graph, "cards/model.md.j2", facts)
    text = front_matter.page(front_matter.of_model(fleet, model), body)
    origins = (Origin("Use cases", agent, ("model",)) for agent in users)
    return File(f"cards/models/{model.name}.md", text, (Origin("", model), *origins))


def _user(fleet: Fleet, agent: Resource[Agent]) -> dict[str, object]:
    return {
        "title": agent.spec.displayName,
        "card": f"../{agent.name}.md",
        "purpose": agent.spec.purpose,
        "tier": agent.spec.riskTier,
        "classes": classes(fleet, agent),
    }
