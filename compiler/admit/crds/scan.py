"""The text of a file with CustomResourceDefinitions to entries, without reading any schema."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from compiler.parse import plain
from compiler.source import Source

_DOCUMENT = re.compile(r"^---(?:[ \t].*)?\n", re.MULTILINE)
_ITEMS = re.compile(r"^items:[ \t]*\n( *)- ", re.MULTILINE)
_API = "apiextensions.k8s.io/v1"


class Fault(NamedTuple):
    """What is wrong with a file of definitions."""

    path: str
    line: int
    message: str


class Entry(NamedTuple):
    """One version of a defined kind, and the YAML document that defines it."""

    kind: tuple[str, str]
    version: str
    path: str
    line: int
    text: str


def entries(path: str, text: str) -> Iterator[Entry | Fault]:
    """Every version that a file defines, in any of the forms that `kubectl get crd -o yaml` has."""
    has_definition = False
    for line, part in _parts(text):
        if "CustomResourceDefinition" in part:
            has_definition = True
            yield from _definition(path, line, part)
    if not has_definition:
        yield Fault(path, 1, "the file has no CustomResourceDefinition")


def _parts(text: str) -> Iterator[tuple[int, str]]:
    """The documents, and the items of lists, each with its first line."""
    start = 0
    for end in (*_DOCUMENT.finditer(text), None):
        part = text[start : end.start() if end else len(text)]
        line = text.count("\n", 0, start) + 1
        if items := _ITEMS.search(part):
            yield from _items(part, items, line)
        else:
            yield line, part
        start = end.end() if end else start


def _items(part: str, items: re.Match[str], line: int) -> Iterator[tuple[int, str]]:
    """Each item with its dash taken away: what remains is a document of its own."""
    indent = items[1]
    item = re.compile(rf"^{indent}- .*\n?(?:{indent} .*\n?|[ \t]*\n)*", re.MULTILINE)
    for match in item.finditer(part, items.end() - len(indent) - 2):
        text = match[0].replace(f"{indent}- ", f"{indent}  ", 1)
        yield line + part.count("\n", 0, match.start()), text


def _definition(path: str, line: int, text: str) -> Iterator[Entry | Fault]:
    documents, faults = plain(Source(path, _skeleton(text)))
    if faults:
        yield Fault(path, line, f"the definition cannot be read: {faults[0].message}")
        return
    for crd in documents:
        if crd.__class__ is not dict or crd.get("kind") != "CustomResourceDefinition":
            continue
        if crd.get("apiVersion") != _API:
            yield Fault(path, line, f"only definitions of {_API} are known")
        elif (versions := _versions(crd)) is None:
            yield Fault(path, line, "the definition has no group, kind or versions")
        else:
            for kind, version in versions:
                yield Entry(kind, version, path, line, text)


def _versions(crd: Mapping[str, Any]) -> list[tuple[tuple[str, str], str]] | None:
    """The served versions; None where the definition lacks what it must have."""
    try:
        spec = crd["spec"]
        group, kind = spec["group"], spec["names"]["kind"]
        names = [v["name"] for v in spec["versions"] if v["served"]]
    except (KeyError, TypeError):
        return None
    return [((f"{group}/{name}", kind), name) for name in names]


def _skeleton(text: str) -> str:
    """A definition without what lies below `schema:`, which is nearly all of it."""
    kept = []
    column = -1
    for line in text.splitlines(keepends=True):
        content = line.lstrip(" ")
        if column >= 0 and (len(line) - len(content) > column or content == "\n"):
            continue
        column = line.index("schema:") if content in ("schema:\n", "- schema:\n") else -1
        kept.append(line)
    return "".join(kept)
