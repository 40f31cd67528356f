"""The inputs and results of earlier runs, so that a run with nothing to do can stop at once.

The key covers every byte of every input, the day, the compiler and its libraries; and every file in
the output folder is read and compared. The memory is kept in `.roster/`, which git ignores.
"""

from __future__ import annotations

import json
import os
import sys
import sysconfig
from collections.abc import Iterable, Mapping
from datetime import date
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from compiler.cli import program
from compiler.diagnostic import Diagnostic, Label, Severity
from compiler.source import Pos, Source, Span


def key(inputs: str, today: date) -> str:
    """A digest of everything that determines the output."""
    return sha256(f"{inputs}\n{today.isoformat()}\n{_program()}".encode()).hexdigest()


@cache
def _program() -> str:
    """A digest of the compiler, its libraries and Python."""
    libraries = sorted(path.name for path in Path(sysconfig.get_path("purelib")).iterdir())
    digest = sha256("\n".join([sys.version, *libraries]).encode())
    digest.update(program.digest().encode())
    return digest.hexdigest()


def _file(root: Path, target: Path) -> Path:
    name = sha256(os.fsencode(target.absolute())).hexdigest()[:16]
    return root / ".roster" / f"{name}.json"


def _seal(have: Mapping[str, str]) -> str:
    lines = "\n".join(f"{path}\0{digest}" for path, digest in sorted(have.items()))
    return sha256(os.fsencode(lines)).hexdigest()


def recall(
    root: Path, target: Path, key: str, have: Mapping[str, str]
) -> tuple[Diagnostic, ...] | None:
    """The diagnostics of the last run, if inputs and outputs have not changed since; else None."""
    try:
        state = json.loads(_file(root, target).read_text(encoding="utf-8"))
        if state["key"] != key or state["outputs"] != _seal(have):
            return None
        return tuple(_diagnostic(item) for item in state["diagnostics"])
    except (OSError, ValueError, LookupError, TypeError, AssertionError, RecursionError):
        return None


def remember(
    root: Path, target: Path, key: str, have: Mapping[str, str], diagnostics: Iterable[Diagnostic]
) -> None:
    """Remember this run. If that fails, the next run starts from nothing."""
    path = _file(root, target)
    state = {"key": key, "outputs": _seal(have), "diagnostics": list(diagnostics)}
    try:
        path.parent.mkdir(exist_ok=True)
        _save(path, state)
    except OSError:
        return


class Admitted:
    """The objects that earlier runs accepted, with the same compiler and definitions."""

    def __init__(self, root: Path, sources: Iterable[Source]) -> None:
        self._path = root / ".roster" / "admitted.json"
        digest = sha256(_program().encode())
        for source in sources:
            if source.is_definition:
                digest.update(f"{source.path}\0{source.text}\0".encode())
        self._judge = digest.hexdigest()

    def recall(self) -> frozenset[str]:
        """Their seals; none if there is no readable memory."""
        try:
            state = json.loads(self._path.read_text(encoding="utf-8"))
            return frozenset(state["seals"] if state["judge"] == self._judge else ())
        except (OSError, ValueError, LookupError, TypeError, RecursionError):
            return frozenset()

    def remember(self, seals: Iterable[str]) -> None:
        """Remember them, if the memory can be written."""
        try:
            self._path.parent.mkdir(exist_ok=True)
            _save(self._path, {"judge": self._judge, "seals": sorted(set(seals))})
        except OSError:
            return


class Charts:
    """The charts that earlier runs built, each in `.roster/charts/<digest>.json`."""

    def __init__(self, root: Path) -> None:
        self._folder = root / ".roster" / "charts"
        self._used: set[str] = set()

    def recall(self, digest: str) -> dict[str, Any] | None:
        """The result of a chart; None if there is no readable memory of it."""
        self._used.add(digest)
        try:
            answer = json.loads((self._folder / f"{digest}.json").read_text(encoding="utf-8"))
            return {"objects": answer["objects"]}
        except (OSError, ValueError, LookupError, TypeError, RecursionError):
            return None

    def remember(self, digest: str, answer: Mapping[str, Any]) -> None:
        """Remember the result of a chart, if the memory can be written."""
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            _save(self._folder / f"{digest}.json", answer)
        except OSError:
            return

    def tidy(self) -> None:
        """Remove the charts that this run did not use."""
        for path in self._folder.glob("*.json"):
            if path.stem not in self._used:
                path.unlink(missing_ok=True)


def _save(path: Path, value: object) -> None:
    """Write a file whole, or not at all."""
    temporary = path.with_suffix(f".{os.getpid()}.tmp")
    temporary.write_text(json.dumps(value), encoding="utf-8")
    temporary.replace(path)


def _diagnostic(item: list[object]) -> Diagnostic:
    code, severity, message, span, help, related, evidence = item
    first = str(code), Severity(str(severity)), str(message), _span(span), str(help)
    return Diagnostic(*first, _labels(related), _labels(evidence))


def _labels(item: object) -> tuple[Label, ...]:
    assert isinstance(item, list)
    return tuple(Label(_span(span), str(text)) for span, text in item)


def _span(item: object) -> Span:
    assert isinstance(item, list)
    path, start, end = item
    return Span(path, Pos(*start), Pos(*end))
