"""Mutations of the grants in agents' ML-BOMs."""

from __future__ import annotations

from typing import Any

from tests.mutations.changes import Change, data, put, text

DEV, FLEET = "cards/dev.cdx.json", "cards/fleet.cdx.json"
ASKED = '"name": "roster:grant:alpha:github:create_issue",\n          "value": "human"'
MORE = {"name": "roster:grant:alpha:github:delete_repo", "value": "none"}
TOOL = {"bom-ref": "tool:github/delete_repo", "name": "delete_repo"}


def _server(bom: Any, name: str) -> Any:
    return next(server for server in bom["services"] if server["name"] == name)


def _agent(bom: Any, name: str) -> Any:
    return next(agent for agent in bom["components"] if agent["bom-ref"] == f"agent:{name}")


def _gone(path: str) -> Change:
    return lambda files: files.pop(path) and None


CARDS: list[tuple[str, Change]] = [
    ("one more grant", data(DEV, put("metadata.component.properties.+", MORE))),
    ("no human is asked", text(DEV, ASKED, ASKED.replace("human", "none"))),
    ("one more tool", data(DEV, lambda bom: _server(bom, "github")["services"].append(TOOL))),
    ("one tool less", data(DEV, lambda bom: _server(bom, "github")["services"].pop())),
    ("a grant less", text(DEV, "roster:grant:alpha:github:create_issue", "roster:other")),
    ("about another agent", data(DEV, put("metadata.component.name", "ops"))),
    ("a card is gone", _gone(DEV)),
    ("the fleet's card is gone", _gone(FLEET)),
    (
        "more in the fleet",
        data(FLEET, lambda bom: _agent(bom, "dev")["properties"].append(MORE)),
    ),
    ("less in the fleet", data(FLEET, lambda bom: _agent(bom, "dev")["properties"].clear())),
    ("a grant of four parts", text(DEV, "roster:grant:alpha:", "roster:grant:alpha:beta:")),
    ("a card that is not JSON", text(DEV, "{", "")),
]
