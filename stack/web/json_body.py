"""JSON as strangers send it: bounded, without duplicate keys, NaN or depths that end a program."""

from __future__ import annotations

import json
import math
from typing import Any, NoReturn

from starlette.requests import Request

DEEPEST = 64


async def body(request: Request, limit: int) -> bytes:
    """What a request carries. Raises ValueError once it is more than `limit` bytes."""
    received = bytearray()
    async for chunk in request.stream():
        received += chunk
        if len(received) > limit:
            raise ValueError(f"more than {limit} bytes")
    return bytes(received)


def parse(text: bytes) -> Any:
    """Read one JSON value (RFC 8259). Raises ValueError with what is wrong, never with values."""
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
        raise ValueError(f"deeper than {DEEPEST}") from None


def dump(value: Any, limit: int) -> str:
    """Write a value as compact JSON. Raises ValueError: too deep, too long, or no JSON at all."""
    if _deeper(value, DEEPEST):
        raise ValueError(f"deeper than {DEEPEST}")
    text = json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    try:
        size = len(text.encode())
    except UnicodeEncodeError:
        raise ValueError("a string is no Unicode text (a lone surrogate)") from None
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
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("an object has a key twice")
    return found


def _number(digits: str) -> float:
    """A number that stays one: 1e999 would become infinite, which no JSON says."""
    if math.isinf(number := float(digits)):
        raise ValueError("a number is too large")
    return number


def _constant(word: str) -> NoReturn:
    raise ValueError(f"{word} is not JSON")
