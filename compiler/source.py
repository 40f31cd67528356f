"""Where things are: a Source is a text, a Span is a place in one, a Route leads to a value."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from hashlib import sha256
from typing import NamedTuple

DEFINITIONS = "policies/crds/"
"""Where the CustomResourceDefinitions of clusters lie: texts of others, and long ones."""
LISTED = ".tools.json"
"""How the name of a file ends that has what an MCP server lists."""
TEMPLATES = "policies/templates/"
"""Where the organisation's own versions of page templates are."""
EVIDENCE = "specs/evidence/"
"""Where measurements and signed reports lie; only here a file need not be text."""

Route = tuple[str | int, ...]
"""Keys and indices from the top of a document to a value; pydantic calls it `loc`."""


class Pos(NamedTuple):
    """A place between characters; both numbers start at 1, as editors count."""

    line: int
    column: int


@dataclass(frozen=True, slots=True)
class Source:
    """One input file: its path below the root, with `/`, and its text.

    A file with evidence need not be text (a signed PDF), and then has none: it counts by its bytes,
    whose SHA-256 is `binary`.
    """

    path: str
    text: str = field(repr=False)
    binary: str = ""

    @property
    def sha256(self) -> str:
        """Its SHA-256, in hex; of a text with lines that end in LF."""
        return self.binary or sha256(self.text.encode()).hexdigest()

    @property
    def is_yaml(self) -> bool:
        """Whether it holds documents; any other file is only referred to (a prompt, a schema)."""
        return self.path.endswith((".yaml", ".yml")) and not self.is_definition

    @property
    def is_definition(self) -> bool:
        """Whether it holds CustomResourceDefinitions."""
        return self.path.startswith(DEFINITIONS)

    def key(self, name: str) -> Span:
        """Where a key of a file in JSON first stands, which is exact where keys are long."""
        words = (json.dumps(name), json.dumps(name, ensure_ascii=False))
        word = next((word for word in words if word in self.text), None)
        if word is None:
            return top(self.path)
        at = self.text.index(word)
        line, column = self.text.count("\n", 0, at) + 1, at - self.text.rfind("\n", 0, at)
        return Span(self.path, Pos(line, column), Pos(line, column + len(word)))


class Span(NamedTuple):
    """A stretch of one source; `end` is exclusive."""

    path: str
    start: Pos
    end: Pos

    def __str__(self) -> str:
        return f"{self.path}:{self.start.line}:{self.start.column}"


def top(path: str) -> Span:
    """The very start of a file: for what concerns the file as a whole."""
    return Span(path, Pos(1, 1), Pos(1, 1))
