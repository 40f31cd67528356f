"""The Markdown of a page that a template wrote: `page(text)`.

While a template runs, `mark` puts each value between control characters that no value can hold.
Afterwards `page` writes each value as Markdown that fits its place: at the start of a line, in a
table, beside a code span. So a value is text, whatever the template's author wrote around it. What
cannot be made safe there (a value as the target of a link, in HTML, in a code span) is refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from functools import lru_cache

from compiler.emit.format.markdown import (
    CLOSING,
    LINK_TARGET,
    Code,
    Link,
    Listing,
    Strong,
    code_span,
    escaped,
    link_target,
    listing,
    plain,
)

_OPEN, _CLOSE, _WITH, _BREAK = "\x02", "\x03", "\x04", "\x05"
_MARK = re.compile(f"{_OPEN}([a-z])([^{_OPEN}{_CLOSE}]*){_CLOSE}")
_LEFT_OVER = re.compile(f"[{_OPEN}{_CLOSE}{_WITH}]")
_TEXT, _CODE, _STRONG, _LINK, _LISTING = "tcslb"

_MARKERS = re.compile(r" *(?:(?:[-*+>]|\d+[.)]|#{1,6}) +)*")
_STARTS = re.compile(r"[#+=-]|:(?=-)|\d+(?=[.)])")
_HEADING = re.compile(r" {0,3}#{1,6} ")
_FENCE = re.compile(r" *(`{3,}|~{3,})")
_SPANS = re.compile(rf"(`+)[^`{_OPEN}]*\1")
_REFUSED = (
    (re.compile(f"`.*{_OPEN}"), "a value in a code span is written `{{ code(value) }}`"),
    (re.compile(rf"<[A-Za-z/!?{_OPEN}]"), "a page holds no HTML; write `&lt;` for the sign"),
    (
        re.compile(rf"\]\([^)]*(?:{_OPEN}|$)|\]{_OPEN}|^[ >*+-]*\[[^\]]*\]:"),
        "a link with a value is written `{{ link(text, target) }}`",
    ),
    (re.compile(rf"\\{_OPEN}"), "a backslash cannot stand in front of a value"),
)


class Misuse(Exception):  # noqa: N818 - the author of a template made the mistake
    """A template puts a value where it cannot be text."""


def mark(value: object) -> str:
    """A value for the text of a page, without the white space around it.

    Raises:
        TypeError: the value is not text, a number, a date, an inline part or a tuple of such; a
            truth value has no words of its own either.
    """
    if isinstance(value, str):
        return _text(value.strip())
    if isinstance(value, tuple):
        return "".join(map(_element, value))
    if isinstance(value, Code | Strong | Link | Listing):
        return _part(value)
    if isinstance(value, date):
        return mark(value.isoformat())
    if value is None or isinstance(value, bool):
        raise TypeError(f"`{value}` has no words: write them with `if`")
    if isinstance(value, int | float):
        return str(value) if isinstance(value, int) else mark(repr(value))
    raise TypeError(f"a {type(value).__name__} is no text")


def _element(part: object) -> str:
    """A part of a tuple; the white space of a text remains, as other parts follow."""
    if isinstance(part, tuple):
        raise TypeError("a part of a text is no tuple")
    return _text(part) if isinstance(part, str) else mark(part)


def _text(text: str) -> str:
    return f"{_OPEN}{_TEXT}{escaped(str(text))}{_CLOSE}"


def _part(part: Code | Strong | Link | Listing) -> str:
    match part:
        case Code(text):
            return f"{_OPEN}{_CODE}{plain(text)}{_CLOSE}"
        case Strong(text):
            return f"{_OPEN}{_STRONG}{escaped(text.strip())}{_CLOSE}"
        case Link(text, target) if LINK_TARGET.fullmatch(target) and plain(text):
            return f"{_OPEN}{_LINK}{escaped(text.strip())}{_WITH}{link_target(target)}{_CLOSE}"
        case Link(text):
            return mark(text)
        case Listing():
            return f"{_OPEN}{_LISTING}{listing(part).replace(chr(10), _BREAK)}{_CLOSE}"


def page(text: str) -> str:
    """The page, with at most one empty line in a row; it ends with a line break.

    Raises:
        Misuse: a value stands where it cannot be text.
    """
    lines = "\n".join(_lines(text))
    if _LEFT_OVER.search(lines):
        raise Misuse("a value is shown in part only")
    return re.sub(r"\n{3,}", "\n\n", lines).strip("\n").replace(_BREAK, "\n") + "\n"


def _lines(text: str) -> Iterator[str]:
    fence = ""
    for line in text.split("\n"):
        opens = _FENCE.match(line)
        if fence or opens:
            if _OPEN in line:
                raise Misuse("a listing with values is written `{{ listing(text) }}`")
            yield line.rstrip()
            closes = opens and opens[1].startswith(fence) and line.strip() == opens[1]
            fence = ("" if closes else fence) if fence else (opens[1] if opens else "")
        else:
            yield _line(line)


@lru_cache(maxsize=1 << 14)
def _line(line: str) -> str:
    pieces = _MARK.split(line)  # text, kind, value, text, kind, ...
    literals = pieces[::3]
    _refuse(_OPEN.join(literals))
    if len(pieces) == 1:
        return pieces[0].rstrip()
    if _LISTING in pieces[1::3]:
        if any(literals) or len(pieces) > 4:
            raise Misuse("a listing has a line of its own")
        return pieces[2]
    written = _Line(literals[0], table=any("|" in literal for literal in literals))
    for kind, value, literal in zip(pieces[1::3], pieces[2::3], literals[1:], strict=True):
        written.add(kind, value, literal)
    return written.text()


def _refuse(skeleton: str) -> None:
    """Raise if a value, or HTML, stands where it cannot be text."""
    without = _SPANS.sub("", skeleton)
    for pattern, reason in _REFUSED:
        if pattern.search(without):
            raise Misuse(reason)


class _Line:
    """A line that grows from the left; `_values` are the ranges that values brought."""

    def __init__(self, start: str, *, table: bool) -> None:
        self._text, self._table = start, table
        self._values: list[tuple[int, int]] = []
        self._start, self._before = start, ""

    def add(self, kind: str, value: str, literal: str) -> None:
        """Append a value and the literal text after it."""
        text = _inline(kind, value, table=self._table)
        touches = text and kind != _TEXT and self._before not in ("", _TEXT)
        if kind == _LINK and self._text.endswith("!") and not self._text.endswith("\\!"):
            self._text = f"{self._text[:-1]}\\!"  # or it would be an image
        if not self._text or self._text.endswith(" "):
            text = text.lstrip(" ")
        if literal.startswith(" "):
            text = text.rstrip(" ")
        start = len(self._text)
        self._text += f" {text}" if touches else text
        self._values.append((start, len(self._text)))
        self._text += literal
        self._before = "" if literal else (kind if text else self._before)

    def text(self) -> str:
        """The whole line."""
        if _HEADING.match(self._start) and (closing := CLOSING.search(self._text)):
            self._escape(closing.start())
        markers = _MARKERS.match(self._start)
        at = markers.end() if markers else 0
        starts = _STARTS.match(self._text, at)
        if starts is not None:
            self._escape(starts.end() if starts[0][0].isdigit() else at)
        return self._text.rstrip()

    def _escape(self, at: int) -> None:
        """Put a backslash before a character that a value brought."""
        if any(start <= at < end for start, end in self._values):
            self._text = f"{self._text[:at]}\\{self._text[at:]}"


def _inline(kind: str, value: str, *, table: bool) -> str:
    if not value:
        return ""
    if kind == _CODE:
        return code_span(value, table)
    if kind == _STRONG:
        return f"**{value}**"
    if kind == _LINK:
        text, _, target = value.partition(_WITH)
        return f"[{text}]({target})"
    return value
