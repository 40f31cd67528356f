"""Places: a Source is a text, a Span a stretch of one, a Route the path to a value in its data."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from hashlib import sha256
from typing import NamedTuple

DEFINITIONS = "policies/crds/"
"""The folder of the clusters' CustomResourceDefinitions: copied from elsewhere, and long."""
LISTED = ".tools.json"
"""The end of the name of a file with the tools that an MCP server lists."""
TEMPLATES = "policies/templates/"
"""Where the organisation's own versions of page templates are."""
EVIDENCE = "specs/evidence/"
"""The folder of measurements and signed reports; only here may a file be binary."""

Route = tuple[str | int, ...]
"""Keys and indices from the top of a document to a value; pydantic calls it `loc`."""


class Pos(NamedTuple):
    """A place between characters; both numbers start at 1, as editors count."""

    line: int
    column: int


@dataclass(frozen=True, slots=True)
class Source:
    """One input file: its path below the root, with `/`, and its text.

    A file with evidence may be binary (a signed PDF); then its text is empty, and `binary` is the
    SHA-256 of its bytes.
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
        """The first place of a key in a file in JSON; exact for names that occur only as keys."""
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
    """The start of a file: the place of a diagnostic about the file as a whole."""
    return Span(path, Pos(1, 1), Pos(1, 1))
