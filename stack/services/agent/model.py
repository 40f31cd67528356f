"""The language model of an agent: Anthropic's Messages API, one streamed request at a time."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from itertools import count
from typing import Any

import httpx2
from anthropic import APIConnectionError, APIError, APIStatusError, AsyncAnthropic, omit

_SECONDS, _CONNECT = 300.0, 10.0
"""How long the next piece of an answer, and a connection, may take."""
_TRIES, _FIRST_PAUSE, _LONGEST_PAUSE = 4, 1.0, 60.0
_AGAIN = frozenset((408, 409, 429))
_PASSING = frozenset(("api_error", "overloaded_error", "rate_limit_error", "timeout_error"))
"""Errors inside of a stream, which comes with status 200, that another try may not meet."""


class ModelFault(Exception):  # noqa: N818 - what is told of the model
    """The model gives no answer: why, without the key."""


class _Busy(Exception):  # noqa: N818 - no fault yet
    """No answer now, but perhaps later: why, and after how many seconds the API says to ask."""

    def __init__(self, why: str, after: float | None = None) -> None:
        super().__init__(why)
        self.after = after


class Model:
    """Which model, where, the key that it is asked with, and the most tokens of one answer.

    It is asked again while it is busy or away: four times at most, after as long as the API says
    (Retry-After, up to a minute) or twice as long each time.
    """

    def __init__(self, id: str, url: str, key: str, tokens: int) -> None:
        timeout = httpx2.Timeout(_SECONDS, connect=_CONNECT)
        self._id, self._tokens = id, tokens
        self._nothing = f"the model {id} gives no answer"
        self._client = AsyncAnthropic(api_key=key, base_url=url, timeout=timeout, max_retries=0)

    async def answer(
        self, system: str, messages: Sequence[Any], tools: Sequence[Mapping[str, Any]]
    ) -> dict[str, Any]:
        """The model's next message: `content`, `stop_reason`, `usage`. Raises ModelFault."""
        for attempt in count(1):
            try:
                return await self._asked(system, messages, tools)
            except _Busy as busy:
                pause = _FIRST_PAUSE * 2 ** (attempt - 1) if busy.after is None else busy.after
                if attempt == _TRIES or pause > _LONGEST_PAUSE:
                    tried = f"{attempt} of {_TRIES} tries, the next in {pause:.0f} s"
                    raise ModelFault(f"{self._nothing} ({tried}): {busy}") from None
                await asyncio.sleep(pause)
        raise AssertionError("counting has no end")

    async def _asked(
        self, system: str, messages: Sequence[Any], tools: Sequence[Mapping[str, Any]]
    ) -> dict[str, Any]:
        """One request; streamed, as a long answer takes longer than a connection may idle."""
        given: Any = list(tools) or omit
        told: Any = messages
        try:
            async with self._client.messages.stream(
                model=self._id, max_tokens=self._tokens, system=system, messages=told, tools=given
            ) as stream:
                kind = stream.response.headers.get("content-type", "nothing")
                if not kind.startswith("text/event-stream"):
                    raise ModelFault(f"the model {self._id} answers with {kind[:80]}, no stream")
                message = (await stream.get_final_message()).to_dict(mode="json")
        except APIStatusError as error:
            raise self._judged(error) from None
        except (APIConnectionError, httpx2.HTTPError) as error:
            cause = error.__cause__ or error
            raise _Busy(f"it cannot be reached ({type(cause).__name__})") from None
        except (APIError, ValueError, RuntimeError, AssertionError, LookupError) as error:
            raise ModelFault(f"the model's answer is no message ({type(error).__name__})") from None
        if message.get("stop_reason") is None:
            raise _Busy("its answer broke off")
        return _checked(message)

    def _judged(self, error: APIStatusError) -> _Busy | ModelFault:
        """What to do about an error of the API's own."""
        status, kind, text = error.status_code, *_said(error)
        if status == 200:
            why, again = f"it broke off with {kind}: {text}", kind in _PASSING
        else:
            why, again = f"it answered {status}: {text}", status in _AGAIN or status >= 500
        headers = error.response.headers
        if again and headers.get("x-should-retry") != "false":
            return _Busy(why, _after(headers.get("retry-after")))
        return ModelFault(f"{self._nothing}: {why}")


def _checked(message: dict[str, Any]) -> dict[str, Any]:
    """A message as it should be; tools are called only by one that is."""
    try:
        for part in message["content"]:
            needed = {"text": ("text",), "tool_use": ("id", "name", "input")}.get(part["type"], ())
            if not all(key in part for key in needed):
                raise KeyError(part["type"])
    except (KeyError, TypeError) as error:
        raise ModelFault(f"the model's answer is no message ({type(error).__name__})") from None
    return message


def _said(error: APIStatusError) -> tuple[str, str]:
    """The kind of an error and its text, as the API tells them."""
    body: Any = error.body
    try:
        return str(body["error"]["type"]), str(body["error"]["message"])[:200]
    except (KeyError, TypeError):
        return "an error", error.response.reason_phrase


def _after(header: str | None) -> float | None:
    """The seconds of a Retry-After header, which are a number or a date."""
    try:
        seconds = float(header or "")
    except ValueError:
        try:
            seconds = (parsedate_to_datetime(header or "") - datetime.now(UTC)).total_seconds()
        except (ValueError, TypeError):
            return None
    return max(seconds, 0.0) if math.isfinite(seconds) else None
