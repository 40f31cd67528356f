"""The kinds of documents that templates make, and the functions and filters of templates."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

from compiler.emit.format import yaml
from compiler.emit.format.markdown import Code, Link, Listing, Strong, plain
from compiler.emit.format.page import Misuse, mark, page
from compiler.parse import parse
from compiler.source import Source


def word(value: object) -> str:
    """A value as the text of an inline part; what is undefined raises here."""
    if value is None or isinstance(value, bool):
        raise TypeError(f"`{value}` has no words: write them with `if`")
    text = str(value)
    if not isinstance(value, str | int | float | date):
        raise TypeError(f"a {type(value).__name__} is no text")
    return text


def joined(items: Iterable[object], by: str = ", ") -> tuple[Any, ...]:
    """The items with a text between them; an item of several parts is spliced in."""
    parts: list[Any] = []
    for item in items:
        parts += [by] * bool(parts) + (list(item) if isinstance(item, tuple) else [item])
    return tuple(parts)


FUNCTIONS: Mapping[str, Callable[..., object]] = {
    "code": lambda text: Code(word(text)),
    "strong": lambda text: Strong(word(text)),
    "link": lambda text, target: Link(word(text), word(target)),
    "listing": lambda text, language="": Listing(word(text), word(language)),
}
FILTERS: Mapping[str, Callable[..., object]] = {
    "codes": lambda names: joined(Code(word(name)) for name in names),
    "items": lambda mapping: tuple(mapping.items()),
    "length": len,
}


def _yaml(value: object) -> str:
    """A value as a scalar, or on one line as JSON, which is YAML too."""
    if isinstance(value, str):
        return yaml.scalar(value) or yaml.quoted(value)
    return json.dumps(value, ensure_ascii=False)


def _plain(value: object) -> str:
    return plain(word(value))


def _tidy(text: str) -> str:
    return text.strip("\n") + "\n"


def _valid_yaml(text: str) -> str:
    """The text, if it is one document of YAML: a scalar in quotes of a template's own breaks it."""
    _, wrong = parse(Source("document.yaml", text))
    for diagnostic in wrong:
        line = diagnostic.span.start.line
        raise Misuse(f"line {line} of what it makes is no YAML: {diagnostic.message}")
    return _tidy(text)


class Delimiters(NamedTuple):
    """What stands around values, statements and comments of a template."""

    variable_start: str
    variable_end: str
    block_start: str
    block_end: str
    comment_start: str
    comment_end: str


class Kind(NamedTuple):
    """How the values of a document are written, how it is finished, and what marks a value."""

    value: Callable[[object], str]
    finish: Callable[[str], str]
    delimiters: Delimiters = Delimiters("{{", "}}", "{%", "%}", "{#", "#}")

    def with_breaks(self, source: str) -> str:
        """Only a line of nothing but statements and comments leaves no line break behind it."""
        starts = map(re.escape, (self.delimiters.block_start, self.delimiters.comment_start))
        ends = [re.escape(end) for end in (self.delimiters.block_end, self.delimiters.comment_end)]
        tag = "|".join(f"{start}.*?{end}" for start, end in zip(starts, ends, strict=True))
        last = re.compile(
            rf"^(?=.*(?:{tag}) *$)(?! *(?:(?:{tag}) *)*$)(.*[^-+])({'|'.join(ends)}) *$"
        )
        return "\n".join(last.sub(r"\1+\2", line) for line in source.split("\n"))


_MARKDOWN = Kind(mark, page)
_YAML = Kind(_yaml, _valid_yaml, Delimiters("[[", "]]", "[%", "%]", "[#", "#]"))
_LINES = Kind(_plain, _tidy)


def kind_of(name: str) -> Kind:
    """What a template of that name makes."""
    return {".md.j2": _MARKDOWN, ".yaml.j2": _YAML}.get("".join(Path(name).suffixes[-2:]), _LINES)
