"""CEL expressions of tool gateways."""

from __future__ import annotations

import json
from collections.abc import Iterable


def calls(subject: str, server: str, tools: Iterable[str]) -> str:
    """An expression that is true for calls of an agent to some tools of a server.

    Args:
        subject: the `sub` of the agent's token.
        server: the name of the gateway's target.
        tools: the names of the tools.
    """
    return (
        f"jwt.sub == {_text(subject)} && mcp.tool.target == {_text(server)}"
        f" && mcp.tool.name in {listed(tools)}"
    )


def listed(words: Iterable[str]) -> str:
    """A list of string literals."""
    return f"[{', '.join(map(_text, words))}]"


def _text(word: str) -> str:
    """A string literal: for the characters of names, JSON's form is also CEL's."""
    return json.dumps(word)
