"""The language model of an agent: Anthropic's Messages API, one request at a time."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import httpx

_VERSION = "2023-06-01"
_SECONDS, _TRIES = 300.0, 4
_AGAIN = frozenset((429, 500, 502, 503, 504, 529))


class ModelFault(Exception):  # noqa: N818 - what is told of the model
    """The model gives no answer: why, without the key."""


@dataclass(frozen=True, slots=True)
class Model:
    """Which model, where, and the key that it is asked with."""

    id: str
    url: str
    key: str
    tokens: int  # of one answer, at most

    async def answer(
        self, system: str, messages: Sequence[Any], tools: Sequence[Mapping[str, Any]]
    ) -> dict[str, Any]:
        """The model's next message: `content`, `stop_reason`, `usage`. Raises ModelFault."""
        body: dict[str, Any] = {
            "model": self.id, "max_tokens": self.tokens, "system": system, "messages": messages,
        }  # fmt: skip
        body |= {"tools": list(tools)} if tools else {}
        headers = {"x-api-key": self.key, "anthropic-version": _VERSION}
        async with httpx.AsyncClient(timeout=_SECONDS) as client:
            for attempt in range(1, _TRIES + 1):
                fault = ""
                try:
                    reply = await client.post(f"{self.url}/v1/messages", json=body, headers=headers)
                    if reply.is_success:
                        return _message(reply)
                    fault = f"it answered {reply.status_code}: {_said(reply)}"
                    if reply.status_code not in _AGAIN:
                        break
                except httpx.HTTPError as error:
                    fault = f"it cannot be reached ({type(error).__name__})"
                if attempt < _TRIES:
                    await asyncio.sleep(0.5 * 2**attempt)
        raise ModelFault(f"the model {self.id} gives no answer: {fault}")


def _message(reply: httpx.Response) -> dict[str, Any]:
    """A message as it should be; tools are called only by one that is."""
    try:
        found = dict(reply.json())
        for part in found["content"]:
            needed = {"text": ("text",), "tool_use": ("id", "name", "input")}.get(part["type"], ())
            if not all(key in part for key in needed):
                raise KeyError(part["type"])
    except (ValueError, KeyError, TypeError) as error:
        raise ModelFault(f"the model's answer is no message ({type(error).__name__})") from None
    return found


def _said(reply: httpx.Response) -> str:
    try:
        return str(reply.json()["error"]["message"])[:200]
    except (ValueError, KeyError, TypeError):
        return reply.reason_phrase
