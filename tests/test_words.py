"""Names and sentences are those of the field: these words have a plain one, which is used."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SENTENCES = {
    "anew": "again",
    "kin": "similar",
    "mend": "fix",
    "mended": "fixed",
    "nobody": "no one, or the passive voice",
    "somebody": "a person, a team, or their role",
    "stranger": "unknown caller",
    "strangers": "unknown callers",
    "told": "reported",
    "walls": "network policies",
    "whoever": "the one who",
}
NAMES = {
    "beside": "what it is beside",
    "found": "diagnostics, matches, or what was looked for",
    "given": "what it is, such as facts",
    "it": "its name",
    "its": "its name",
    "known": "what is known, such as names",
    "left_out": "excluded",
    "made": "build_files, or what was made",
    "one": "the name of the item",
    "surroundings": "environment",
    "told": "report",
    "world": "environment, or estate",
}
WORD = re.compile(rf"\b({'|'.join(SENTENCES)})\b", re.IGNORECASE)


def texts(*suffixes: str) -> list[Path]:
    folders = (ROOT / "compiler", ROOT / "stack")
    return sorted(p for folder in folders for s in suffixes for p in folder.rglob(f"*{s}"))


def bound(tree: ast.AST) -> Iterator[tuple[int, str]]:
    for node in ast.walk(tree):
        match node:
            case ast.Name(id=name, ctx=ast.Store()) | ast.arg(arg=name):
                yield node.lineno, name
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
                yield node.lineno, name
            case ast.ClassDef(name=name):
                yield node.lineno, name


def sentences(text: str) -> list[str]:
    return [f"{word}: say {SENTENCES[word.lower()]}" for word in WORD.findall(text)]


def names(text: str) -> list[str]:
    return [
        f"line {line}, {name}: say {NAMES[name.strip('_').lower()]}"
        for line, name in bound(ast.parse(text))
        if name.strip("_").lower() in NAMES
    ]


@pytest.mark.parametrize(
    "path",
    [*texts(".py", ".j2", ".sh"), ROOT / "README.md", ROOT / "Makefile"],
    ids=lambda p: p.relative_to(ROOT).as_posix(),
)
def test_sentences(path: Path) -> None:
    assert sentences(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("path", texts(".py"), ids=lambda p: p.relative_to(ROOT).as_posix())
def test_names(path: Path) -> None:
    assert names(path.read_text(encoding="utf-8")) == []


def test_what_is_refused() -> None:
    assert sentences("Nobody is told.") == [
        "Nobody: say no one, or the passive voice",
        "told: say reported",
    ]
    assert names("def told(given):\n    for one in given: pass\n") == [
        "line 1, told: say report",
        "line 1, given: say what it is, such as facts",
        "line 2, one: say the name of the item",
    ]
