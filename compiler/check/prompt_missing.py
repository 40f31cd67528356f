"""An agent without its prompt is not the agent that was reviewed."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.derive import Fleet
from compiler.diagnostic import Diagnostic, Rule, Severity, did_you_mean
from compiler.model import Agent

RULE = Rule("prompt-missing", Severity.ERROR, "the file of a prompt or its schema is not there")
_FOLDER = "specs/prompts"


def check(fleet: Fleet) -> Iterator[Diagnostic]:
    """Every place where the file of a prompt or its schema is not there."""
    for agent in fleet.graph.all(Agent):
        prompt = agent.spec.prompt
        for field, name in (("file", prompt.file), ("inputSchema", prompt.inputSchema)):
            if name is not None and f"{_FOLDER}/{name}" not in fleet.graph.texts:
                inside = [path for path in fleet.graph.texts if path.startswith(f"{_FOLDER}/")]
                known = [path.removeprefix(f"{_FOLDER}/") for path in inside]
                yield RULE.at(
                    agent.at("prompt", field),
                    f"there is no file `{_FOLDER}/{name}`",
                    help=did_you_mean(name, known) or "write it",
                )
