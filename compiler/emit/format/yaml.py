"""Plain data to YAML that every parser reads alike: of YAML 1.1 or 1.2, in C, Go or JavaScript.

A string stays plain only if no parser could take it for anything else. PyYAML's own dump writes
`1e3`, `08`, `0o17` and `y` plain, which Go reads as numbers and booleans.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from math import isfinite
from typing import Any

_PLAIN = re.compile(
    r"[A-Za-z_/](?:[A-Za-z0-9_./@=+~(),'-]|:(?=[A-Za-z0-9_/@-])| (?=[A-Za-z0-9(/]))*"
)
_QUANTITY = re.compile(r"[1-9][0-9]*(m|Ki|Mi|Gi|Ti|k|M|G|T)")
_WORDS = frozenset(
    [
        "y",
        "yes",
        "n",
        "no",
        "on",
        "off",
        "true",
        "false",
        "null",
        "nan",
        "inf",
        "infinity",
        "undefined",
        "none",
    ]
)
_BLOCK = re.compile(r"[^\s][^\n]*(\n([^\n]*[^\s])?)+")
_CLEAN = re.compile(r"[ !#-\[\]-~]*")
_ESCAPES = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t", "\r": "\\r"}


def dump(value: Mapping[str, Any]) -> str:
    """One document, in the order of the mapping; ends with a line break."""
    lines: list[str] = []
    _mapping(value, "", lines.append)
    return "\n".join(lines) + "\n" if lines else "{}\n"


@lru_cache(maxsize=65536)
def scalar(text: str) -> str:
    """A string on one line: plain if that is safe, else in double quotes; "" for several lines."""
    if "\n" in text:
        return ""
    if _PLAIN.fullmatch(text):
        return text if text.lower() not in _WORDS else f'"{text}"'
    return text if _QUANTITY.fullmatch(text) else quoted(text)


def quoted(text: str) -> str:
    """A string in double quotes; invisible characters are escaped."""
    if _CLEAN.fullmatch(text):
        return f'"{text}"'
    return '"' + "".join(_ESCAPES.get(c) or (c if _visible(c) else _escape(c)) for c in text) + '"'


def _visible(char: str) -> bool:
    return char.isprintable() and not 0xD800 <= ord(char) <= 0xDFFF


def _escape(char: str) -> str:
    code = ord(char)
    return (
        f"\\x{code:02X}"
        if code < 0x100
        else f"\\u{code:04X}"
        if code < 0x10000
        else f"\\U{code:08X}"
    )


def _mapping(value: Mapping[str, Any], pad: str, out: Callable[[str], None]) -> None:
    for key, item in value.items():
        kind = item.__class__
        if kind is str:
            out(f"{pad}{scalar(key) or quoted(key)}: {scalar(item) or _lines(item, pad)}")
        elif kind is dict and item:
            out(f"{pad}{scalar(key) or quoted(key)}:")
            _mapping(item, pad + "  ", out)
        elif (kind is list or kind is tuple) and item:
            out(f"{pad}{scalar(key) or quoted(key)}:")
            _sequence(item, pad, out)
        else:
            out(f"{pad}{scalar(key) or quoted(key)}: {_atom(item)}")


def _sequence(value: Sequence[Any], pad: str, out: Callable[[str], None]) -> None:
    for item in value:
        kind = item.__class__
        if kind is str:
            out(f"{pad}- {scalar(item) or _lines(item, pad)}")
        elif (kind is dict or kind is list or kind is tuple) and item:
            lines: list[str] = []
            (_mapping if kind is dict else _sequence)(item, pad + "  ", lines.append)
            out(f"{pad}- {lines[0][len(pad) + 2 :]}")
            for line in lines[1:]:
                out(line)
        else:
            out(f"{pad}- {_atom(item)}")


def _lines(text: str, pad: str) -> str:
    """A string of several lines: a literal block if it has only printable text, else quoted."""
    if not _BLOCK.fullmatch(text) or not text.replace("\n", "").isprintable():
        return quoted(text)
    body = text.rstrip("\n")
    ending = {0: "-", 1: ""}.get(len(text) - len(body))
    if ending is None:
        return quoted(text)
    return f"|{ending}\n" + "\n".join(f"{pad}  {line}" if line else "" for line in body.split("\n"))


def _atom(value: Any) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(int(value))
    if isinstance(value, float):
        assert isfinite(value), value
        text = repr(float(value))
        return text if "." in text or "e" not in text else text.replace("e", ".0e")
    if isinstance(value, str):
        return scalar(str(value)) or quoted(str(value))
    assert isinstance(value, (dict, list, tuple)) and not value, value
    return "{}" if isinstance(value, dict) else "[]"
