"""Plain data to JSON that people read in diffs: two spaces, lists of words on one line.

The standard library indents in Python code that costs five times as much.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from json import dumps
from json.encoder import encode_basestring as quoted
from typing import Any


def dump(value: Any) -> str:
    """The text of a value; ends with a line break."""
    parts: list[str] = []
    _value(value, "", parts.append)
    return "".join(parts) + "\n"


def _value(value: Any, pad: str, out: Callable[[str], None]) -> None:
    if value.__class__ is str:
        out(quoted(value))
    elif value.__class__ is dict and value:
        _mapping(value, pad, out)
    elif (value.__class__ is list or value.__class__ is tuple) and value:
        _sequence(value, pad, out)
    else:
        out(dumps(value, ensure_ascii=False))


def _mapping(value: Mapping[str, Any], pad: str, out: Callable[[str], None]) -> None:
    inner, before = pad + "  ", "{\n"
    for key, item in value.items():
        out(f"{before}{inner}{quoted(key)}: ")
        _value(item, inner, out)
        before = ",\n"
    out(f"\n{pad}}}")


def _sequence(value: Sequence[Any], pad: str, out: Callable[[str], None]) -> None:
    if not any(isinstance(item, (dict, list, tuple)) for item in value):
        out(dumps(value, ensure_ascii=False))
        return
    inner, before = pad + "  ", "[\n"
    for item in value:
        out(before + inner)
        _value(item, inner, out)
        before = ",\n"
    out(f"\n{pad}]")
