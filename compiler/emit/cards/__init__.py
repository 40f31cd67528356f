"""Cards of agents and models for people, their ML-BOMs, and the AI-BOM of the whole fleet."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.derive import Fleet
from compiler.emit.cards.agent_page import agent_page
from compiler.emit.cards.boms import agent_bom, fleet_bom, model_bom, places
from compiler.emit.cards.model_page import model_page
from compiler.file import File
from compiler.model import Agent, LanguageModel

FOLDERS: tuple[str, ...] = ("cards",)


def emit(fleet: Fleet) -> Iterator[File]:
    """`cards/<agent>.md` and `.cdx.json`, the same in `cards/models/`, `cards/fleet.cdx.json`."""
    sources = places(fleet)
    for agent in fleet.graph.all(Agent):
        yield agent_page(fleet, agent)
        yield agent_bom(fleet, sources, agent)
    for model in fleet.graph.all(LanguageModel):
        yield model_page(fleet, model)
        yield model_bom(fleet, sources, model)
    yield fleet_bom(fleet, sources)
