"""Rules in CEL, as tool gateways read them."""

from __future__ import annotations

import json
from collections.abc import Iterable


def calls(subject: str, server: str, tools: Iterable[str]) -> str:
    """True for calls of one agent (the `sub` of its token) to some tools of one server."""
    return (
        f"jwt.sub == {_text(subject)} && mcp.tool.target == {_text(server)}"
        f" && mcp.tool.name in {listed(tools)}"
    )


def listed(words: Iterable[str]) -> str:
    """A list of texts."""
    return f"[{', '.join(map(_text, words))}]"


def _text(word: str) -> str:
    """A text. Of what names may hold, JSON writes nothing that CEL reads otherwise."""
    return json.dumps(word)
