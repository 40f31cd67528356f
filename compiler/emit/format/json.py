"""Plain data to JSON that people read in diffs: two spaces, lists of words on one line.

No library writes this form: `json` and `orjson` put each item of a list on a line of its own, and
`compact-json` breaks lines by their width, in 15 times the time.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from json import JSONEncoder
from json.encoder import encode_basestring as quoted
from typing import Any

Object = dict[str, Any]
"""A JSON object, or a mapping of YAML."""

on_one_line = JSONEncoder(ensure_ascii=False).encode


def dump(value: Any) -> str:
    """The text of a value; ends with a line break."""
    return _text(value, "\n") + "\n"


def _text(value: Any, end: str) -> str:
    """The text of a value; `end` is a line break, and the indentation of the value's last line."""
    if value.__class__ is str:
        return quoted(value)
    if value.__class__ is dict and value:
        return _mapping(value, end)
    if (value.__class__ is list or value.__class__ is tuple) and value:
        return _sequence(value, end)
    if value.__class__ is bool:
        return "true" if value else "false"
    return on_one_line(value)


def _mapping(value: Mapping[str, Any], end: str) -> str:
    inner = f"{end}  "
    items = [
        f"{quoted(key)}: {quoted(item) if item.__class__ is str else _text(item, inner)}"
        for key, item in value.items()
    ]
    return f"{{{inner}{f',{inner}'.join(items)}{end}}}"


def _sequence(value: Sequence[Any], end: str) -> str:
    if all(item.__class__ is str for item in value):
        return f"[{', '.join(map(quoted, value))}]"
    if not any(isinstance(item, (dict, list, tuple)) for item in value):
        return on_one_line(value)
    inner = f"{end}  "
    return f"[{inner}{f',{inner}'.join([_text(item, inner) for item in value])}{end}]"
