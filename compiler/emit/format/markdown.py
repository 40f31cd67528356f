"""Values as Markdown (CommonMark with GitHub's tables), for the pages that templates write.

Any text may come from users: it is shown as it is, and is never markup, HTML or a link (though
GitHub links what looks like a mailbox). Each run of white space, line breaks too, becomes one
space; control characters and those that turn the direction of text become U+FFFD. Only a Listing
keeps its lines. A Link leads to a path, a web page (https or http) or a mailbox; any other target
is left out, and the text remains.
"""

from __future__ import annotations

import re
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


@dataclass(frozen=True, slots=True)
class Listing:
    """Lines as a machine reads them; `language` is a plain word."""

    text: str
    language: str = ""


_SPECIAL = re.compile(r"[\\`*\[\]<>|~$]|&(?=[#\w]|$)|!$|(?<![^\W_])_|:(?=//)|\.(?<=www\.)")
CLOSING = re.compile(r"(?<=\s)(?=#+\s*$)")
_UNSEEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff"  # controls and surrogates
    "\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069]"  # what turns the direction of text
)
_KEPT = 1 << 14
"""Texts in each cache: names of tools and projects recur on many pages."""
_SPACE = re.compile(r"\s+")
_BREAK = re.compile(r"\r\n?|\n")
LINK_TARGET = re.compile(r"(?:https?://|mailto:)[^\s]+|(?![/\\])[^\s:]+")


@lru_cache(maxsize=_KEPT)
def plain(text: str) -> str:
    """A text as it is shown: on one line, without invisible characters."""
    return " ".join(visible(text).split())


def listing(listing: Listing) -> str:
    """A fenced block that keeps the lines; the fence is longer than any run of backticks."""
    text = "\n".join(map(visible, _BREAK.split(listing.text.rstrip("\r\n"))))
    fence = "`" * max(3, _longest(text) + 1)
    return f"{fence}{listing.language}\n{text}\n{fence}"


@lru_cache(maxsize=_KEPT)
def escaped(text: str) -> str:
    """A text of which nothing is markup; spaces at its ends remain, as others may stand beside."""
    return _SPECIAL.sub(r"\\\g<0>", _SPACE.sub(" ", visible(text)))


@lru_cache(maxsize=_KEPT)
def code_span(text: str, table: bool) -> str:
    """A code span; in a table a pipe is escaped."""
    if not text:
        return ""
    fence = "`" * (_longest(text) + 1)
    pad = " " if text[0] == "`" or text[-1] == "`" else ""
    return f"{fence}{pad}{text.replace('|', chr(92) + '|') if table else text}{pad}{fence}"


@lru_cache(maxsize=_KEPT)
def link_target(target: str) -> str:
    """The target of a link, percent-encoded."""
    return quote(target, safe="/:@#?=&;,+~%.-_", errors="replace").replace("&", "&amp;")


def _longest(text: str) -> int:
    """The length of the longest run of backticks."""
    return max(map(len, re.findall("`+", text)), default=0)


def visible(text: str) -> str:
    """A text with U+FFFD for control characters and those that turn the direction of text."""
    return _UNSEEN.sub("\ufffd", text)
