"""JSON from untrusted clients: limited in size and depth, without duplicate keys, NaN, infinity."""

from __future__ import annotations

import json
import math
from typing import Any, NoReturn

from starlette.exceptions import HTTPException
from starlette.requests import Request

MAX_DEPTH = 64


async def body(request: Request, limit: int) -> bytes:
    """The body of a request. Raises ValueError if it has more than `limit` bytes."""
    received = bytearray()
    async for chunk in request.stream():
        received += chunk
        if len(received) > limit:
            raise ValueError(f"more than {limit} bytes")
    return bytes(received)


def parse(text: bytes) -> Any:
    """Read one JSON value (RFC 8259). Raises ValueError, whose message repeats no values."""
    try:
        return json.loads(
            text.decode(),
            object_pairs_hook=_object,
            parse_constant=_constant,
            parse_float=_number,
        )
    except UnicodeDecodeError:
        raise ValueError("not UTF-8") from None
    except json.JSONDecodeError as error:
        raise ValueError(f"not JSON: {error.msg} at character {error.pos}") from None
    except RecursionError:
        raise ValueError(f"deeper than {MAX_DEPTH}") from None


async def json_object(request: Request, limit: int) -> dict[str, Any]:
    """The JSON object in the body of a request. Raises HTTPException with status 400."""
    try:
        value = parse(await body(request, limit))
    except ValueError as error:
        raise HTTPException(400, str(error)) from None
    if not isinstance(value, dict):
        raise HTTPException(400, "the body is not a JSON object")
    return value


def dump(value: Any, limit: int) -> str:
    """Write a value as compact JSON of at most `limit` bytes. Raises ValueError if it cannot."""
    if _deeper(value, MAX_DEPTH):
        raise ValueError(f"deeper than {MAX_DEPTH}")
    text = json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    try:
        size = len(text.encode())
    except UnicodeEncodeError:
        raise ValueError("a string is not Unicode text (lone surrogate)") from None
    if size > limit:
        raise ValueError(f"more than {limit} bytes")
    return text


def _deeper(value: Any, limit: int) -> bool:
    level = [value]
    for _ in range(limit):
        level = [part for item in level for part in _parts(item)]
        if not level:
            return False
    return True


def _parts(value: Any) -> list[Any]:
    if isinstance(value, dict):
        return list(value.values())
    return value if isinstance(value, list) else []


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(pairs)
    if len(value) < len(pairs):
        raise ValueError("an object has a key twice")
    return value


def _number(digits: str) -> float:
    """A finite number: Python reads 1e999 as infinity, which JSON cannot express."""
    if math.isinf(number := float(digits)):
        raise ValueError("a number is too large")
    return number


def _constant(word: str) -> NoReturn:
    raise ValueError(f"{word} is not JSON")
