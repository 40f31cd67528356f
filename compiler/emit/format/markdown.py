"""Documents as data, and their Markdown (CommonMark with GitHub's tables): `document(blocks)`.

A block is a Heading, Paragraph, Bullets, Steps, Definitions, Table or Listing; what stands in one
is a text, Code, Strong or Link, or a tuple of them. Any text may come from users: it is shown as it
is, and is never markup, HTML or a link (though GitHub links what looks like a mailbox). Each run of
white space, line breaks too, becomes one space; control characters and those that turn the
direction of text become U+FFFD. Only a Listing keeps its lines. A Link leads to a path, a web page
(https or http) or a mailbox; any other target is left out, and the text remains.

    document([Heading(1, "Card"), Table(("Tool", "Does"), [(Code("stripe/refund"), "pays back")])])
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import quote


@dataclass(frozen=True, slots=True)
class Code:
    """Words of a machine: a name, a path, a command."""

    text: str


@dataclass(frozen=True, slots=True)
class Strong:
    """Emphasised text; what follows it starts with a space or a mark."""

    text: str


@dataclass(frozen=True, slots=True)
class Link:
    """A text that leads somewhere."""

    text: str
    target: str


Inline = str | Code | Strong | Link
Content = Inline | tuple[Inline, ...]


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading; 1 is the title of the page."""

    level: int
    text: Content


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Sentences."""

    text: Content


@dataclass(frozen=True, slots=True)
class Bullets:
    """Items in no order."""

    items: Sequence[Content]


@dataclass(frozen=True, slots=True)
class Steps:
    """Items in order, with their numbers."""

    items: Sequence[Content]


@dataclass(frozen=True, slots=True)
class Definitions:
    """Terms, each with what is said of it."""

    items: Sequence[tuple[str, Content]]


@dataclass(frozen=True, slots=True)
class Table:
    """A table: its head, and rows of as many cells."""

    head: Sequence[Content]
    rows: Sequence[Sequence[Content]]


@dataclass(frozen=True, slots=True)
class Listing:
    """Lines as a machine reads them; `language` is a plain word."""

    text: str
    language: str = ""


Block = Heading | Paragraph | Bullets | Steps | Definitions | Table | Listing

_SPECIAL = re.compile(r"[\\`*\[\]<>|~$]|&(?=[#\w]|$)|!$|(?<![^\W_])_|:(?=//)|\.(?<=www\.)")
_START = re.compile(r"[#+=-]|\d+(?=[.)])")
_BACKSLASH = r"\\"
CLOSING = re.compile(r"(?<=\s)(?=#+\s*$)")
_UNSEEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff"  # controls and surrogates
    "\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069]"  # what turns the direction of text
)
_KEPT = 1 << 14
"""Texts that are remembered: names of tools and projects come again on many pages."""
SPACE = re.compile(r"\s+")
_BREAK = re.compile(r"\r\n?|\n")
LINK_TARGET = re.compile(r"(?:https?://|mailto:)[^\s]+|(?![/\\])[^\s:]+")


def document(blocks: Iterable[Block]) -> str:
    """The text of a page; blocks without content leave nothing. It ends with a line break."""
    texts: list[str] = []
    before, other = None, False
    for block in blocks:  # lists that touch would be one: another mark divides them
        kind = _list(block)
        mark = kind is not None and kind is before and not other
        if text := _block(block, mark):
            texts.append(text)
            before, other = kind, mark
    return "\n\n".join(texts) + "\n"


@lru_cache(maxsize=_KEPT)
def plain(text: str) -> str:
    """A text as it is shown: on one line, without characters that nobody sees."""
    return " ".join(visible(text).split())


def _list(block: Block) -> type | None:
    """Which list it is in Markdown, if any."""
    match block:
        case Bullets() | Definitions():
            return Bullets
        case Steps():
            return Steps
    return None


def _block(block: Block, other: bool) -> str:
    match block:
        case Heading(level, text):
            line = _line(text)
            return f"{'#' * level} {CLOSING.sub(_BACKSLASH, line)}" if line else ""
        case Paragraph(text):
            return _line(text)
        case Bullets(items):
            return _items("*" if other else "-", items)
        case Definitions(items):
            said = [(Strong(term), ": ", *_parts(content)) for term, content in items]
            return _items("*" if other else "-", said)
        case Steps(items):
            mark = ")" if other else "."
            return "\n".join(f"{n}{mark} {_line(item)}".rstrip() for n, item in enumerate(items, 1))
        case Table():
            return _table(block) if block.rows else ""
        case Listing():
            return listing(block)


def _items(mark: str, items: Iterable[Content]) -> str:
    return "\n".join(f"{mark} {_line(item)}".rstrip() for item in items)


def _table(table: Table) -> str:
    assert all(len(row) == len(table.head) for row in table.rows), table.head
    rows = [[_inline(cell, table=True) for cell in row] for row in (table.head, *table.rows)]
    rows.insert(1, ["---"] * len(table.head))
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def listing(listing: Listing) -> str:
    text = "\n".join(map(visible, _BREAK.split(listing.text.rstrip("\r\n"))))
    fence = "`" * max(3, _longest(text) + 1)
    return f"{fence}{listing.language}\n{text}\n{fence}"


def _line(content: Content) -> str:
    """What starts a line: there a few more characters would be markup."""
    text = _inline(content)
    starts = _START.match(text)
    if starts is None:
        return text
    at = 0 if starts[0] in "#+=-" else starts.end()
    return f"{text[:at]}\\{text[at:]}"


def _inline(content: Content, *, table: bool = False) -> str:
    """Parts in a row; marks of two that touch would run into each other, so a space divides."""
    if isinstance(content, str):
        return escaped(content).strip()
    parts = _parts(content)
    texts = [_part(part, table) for part in parts]
    for at in range(len(parts) - 1):
        if not isinstance(parts[at], str) and not isinstance(parts[at + 1], str):
            texts[at] += " "
    return "".join(texts).strip()


def _parts(content: Content) -> tuple[Inline, ...]:
    return content if isinstance(content, tuple) else (content,)


def _part(part: Inline, table: bool) -> str:
    if isinstance(part, str):
        return escaped(part)
    match part:
        case Code(text):
            return code_span(plain(text), table)
        case Strong(text):
            return f"**{escaped(text.strip())}**" if plain(text) else ""
        case Link(text, target):
            shown = escaped(text)
            leads = LINK_TARGET.fullmatch(target) and plain(text)
            return f"[{shown.strip()}]({link_target(target)})" if leads else shown


@lru_cache(maxsize=_KEPT)
def escaped(text: str) -> str:
    """A text of which nothing is markup; spaces at its ends remain, as others may stand beside."""
    return _SPECIAL.sub(r"\\\g<0>", SPACE.sub(" ", visible(text)))


@lru_cache(maxsize=_KEPT)
def code_span(text: str, table: bool) -> str:
    if not text:
        return ""
    fence = "`" * (_longest(text) + 1)
    pad = " " if text[0] == "`" or text[-1] == "`" else ""
    return f"{fence}{pad}{text.replace('|', chr(92) + '|') if table else text}{pad}{fence}"


@lru_cache(maxsize=_KEPT)
def link_target(target: str) -> str:
    return quote(target, safe="/:@#?=&;,+~%.-_", errors="replace").replace("&", "&amp;")


def _longest(text: str) -> int:
    """The length of the longest run of backticks."""
    return max(map(len, re.findall("`+", text)), default=0)


def visible(text: str) -> str:
    return _UNSEEN.sub("\ufffd", text)
