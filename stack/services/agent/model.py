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

_READ_TIMEOUT, _CONNECT_TIMEOUT = 300.0, 10.0
"""Seconds until the next piece of an answer, and until a connection."""
_TRIES, _FIRST_PAUSE, _LONGEST_PAUSE = 4, 1.0, 60.0
_RETRY_STATUS = frozenset((408, 409, 429))
_RETRY_ERRORS = frozenset(("api_error", "overloaded_error", "rate_limit_error", "timeout_error"))
"""Temporary errors inside of a stream, which has status 200."""


class ModelError(Exception):
    """The model gives no answer; str() says why, and never contains the key."""


class _TemporaryError(Exception):
    """No answer now; `after`: the seconds to wait that the API names."""

    def __init__(self, reason: str, after: float | None = None) -> None:
        super().__init__(reason)
        self.after = after


class Model:
    """A model behind the Messages API at `url`; `tokens`: the most of one answer.

    Requests are repeated while the API is busy or unreachable: four tries at most, after the pause
    that the API names (Retry-After, up to a minute), or after twice the pause before.
    """

    def __init__(self, id: str, url: str, key: str, tokens: int) -> None:
        timeout = httpx2.Timeout(_READ_TIMEOUT, connect=_CONNECT_TIMEOUT)
        self._id, self._tokens = id, tokens
        self._prefix = f"the model {id} gives no answer"
        self._client = AsyncAnthropic(api_key=key, base_url=url, timeout=timeout, max_retries=0)

    async def answer(
        self, system: str, messages: Sequence[Any], tools: Sequence[Mapping[str, Any]]
    ) -> dict[str, Any]:
        """The model's next message: `content`, `stop_reason`, `usage`. Raises ModelError."""
        for attempt in count(1):
            try:
                return await self._request(system, messages, tools)
            except _TemporaryError as error:
                pause = _FIRST_PAUSE * 2 ** (attempt - 1) if error.after is None else error.after
                if attempt == _TRIES or pause > _LONGEST_PAUSE:
                    tried = f"{attempt} of {_TRIES} tries, the next in {pause:.0f} s"
                    raise ModelError(f"{self._prefix} ({tried}): {error}") from None
                await asyncio.sleep(pause)
        raise AssertionError("counting has no end")

    async def _request(
        self, system: str, messages: Sequence[Any], tools: Sequence[Mapping[str, Any]]
    ) -> dict[str, Any]:
        """One request; streamed, as a long answer takes longer than a connection may idle."""
        # The SDK's types of these are unions of many TypedDicts.
        definitions: Any = list(tools) or omit
        history: Any = messages
        try:
            async with self._client.messages.stream(
                model=self._id,
                max_tokens=self._tokens,
                system=system,
                messages=history,
                tools=definitions,
            ) as stream:
                kind = stream.response.headers.get("content-type", "nothing")
                if not kind.startswith("text/event-stream"):
                    raise ModelError(f"the model {self._id} answers with {kind[:80]}, not a stream")
                message = (await stream.get_final_message()).to_dict(mode="json")
        except APIStatusError as error:
            raise self._classified(error) from None
        except (APIConnectionError, httpx2.HTTPError) as error:
            cause = error.__cause__ or error
            raise _TemporaryError(f"it cannot be reached ({type(cause).__name__})") from None
        except (APIError, ValueError, RuntimeError, AssertionError, LookupError) as error:
            raise ModelError(f"the model's answer is no message ({type(error).__name__})") from None
        if message.get("stop_reason") is None:
            raise _TemporaryError("its answer broke off")
        return _checked(message)

    def _classified(self, error: APIStatusError) -> _TemporaryError | ModelError:
        """The error to raise for an error that the API answered: temporary or final."""
        status, kind, text = error.status_code, *_details(error)
        if status == 200:
            reason, retry = f"it broke off with {kind}: {text}", kind in _RETRY_ERRORS
        else:
            reason = f"it answered {status}: {text}"
            retry = status in _RETRY_STATUS or status >= 500
        headers = error.response.headers
        if retry and headers.get("x-should-retry") != "false":
            return _TemporaryError(reason, _seconds(headers.get("retry-after")))
        return ModelError(f"{self._prefix}: {reason}")


def _checked(message: dict[str, Any]) -> dict[str, Any]:
    """A complete message, whose tool calls can be made. Raises ModelError for any other."""
    try:
        for part in message["content"]:
            needed = {"text": ("text",), "tool_use": ("id", "name", "input")}.get(part["type"], ())
            if not all(key in part for key in needed):
                raise KeyError(part["type"])
    except (KeyError, TypeError) as error:
        raise ModelError(f"the model's answer is no message ({type(error).__name__})") from None
    return message


def _details(error: APIStatusError) -> tuple[str, str]:
    """The kind of an error and its text, as the API answers them."""
    body: Any = error.body
    try:
        return str(body["error"]["type"]), str(body["error"]["message"])[:200]
    except (KeyError, TypeError):
        return "an error", error.response.reason_phrase


def _seconds(header: str | None) -> float | None:
    """The seconds of a Retry-After header, which are a number or a date."""
    try:
        seconds = float(header or "")
    except ValueError:
        try:
            seconds = (parsedate_to_datetime(header or "") - datetime.now(UTC)).total_seconds()
        except (ValueError, TypeError):
            return None
    return max(seconds, 0.0) if math.isfinite(seconds) else None
