"""The project of high risk in tests/golden/high-risk, changed field by field."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from copy import deepcopy
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from compiler.cli import inputs
from compiler.diagnostic import Diagnostic
from compiler.pipeline import analyse
from compiler.source import Source
from tests.estate import TODAY

CASE = Path(__file__).parent / "golden" / "high-risk"
RECORD = "projects/lending/ai-system.yaml"
PROJECT = "projects/lending/project.yaml"
MODEL = "specs/models/haiku.yaml"
PLATFORM = "specs/platform.yaml"
TIER = "policies/high.yaml"
ANALYST = "specs/agents/credit-analyst.yaml"
REVIEWER = "specs/agents/fairness-reviewer.yaml"
ASSISTANT = "specs/agents/applicant-assistant.yaml"
WORKFLOW = "projects/lending/workflow-assess-application.yaml"
AGENTS = (ANALYST, REVIEWER, ASSISTANT)

Spec = dict[str, Any]
Change = Callable[[Spec], None]
Changes = Mapping[str, Change]


@cache
def texts() -> Mapping[str, Source]:
    """All inputs of the case, as they are committed."""
    read = inputs.read(CASE)
    assert not read.diagnostics
    return read.sources


@cache
def _document(path: str) -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load(texts()[path].text)
    return loaded


def changed(changes: Changes) -> dict[str, Source]:
    """The inputs with some specs changed; what is not changed keeps its text."""
    files = dict(texts())
    for path, change in changes.items():
        document = deepcopy(_document(path))
        change(document["spec"])
        files[path] = Source(path, yaml.safe_dump(document, sort_keys=False, allow_unicode=True))
    return files


def diagnosed(changes: Changes, today: date = TODAY) -> tuple[Diagnostic, ...]:
    """What the compiler says of the changed case."""
    return analyse(changed(changes).values(), today=today).diagnostics


def only_diagnostic(changes: Changes) -> Diagnostic:
    """The diagnostic of the changed case, which has exactly one."""
    (diagnostic,) = diagnosed(changes)
    return diagnostic


def at(spec: Any, field: str) -> tuple[Any, str | int]:
    """What holds a dotted field, and its key there; a number is a place in a list."""
    *way, last = (int(part) if part.isdigit() else part for part in field.split("."))
    for part in way:
        spec = spec[part]
    return spec, last


def without(*fields: str) -> Change:
    """Takes fields away."""

    def change(spec: Spec) -> None:
        for field in fields:
            holder, key = at(spec, field)
            del holder[key]

    return change


def having(field: str, value: object) -> Change:
    """Sets a field."""

    def change(spec: Spec) -> None:
        holder, key = at(spec, field)
        holder[key] = deepcopy(value)

    return change


def both(*changes: Change) -> Change:
    """One change after the other."""

    def all_changes(spec: Spec) -> None:
        for change in changes:
            change(spec)

    return all_changes


def patched(blocks: Iterable[str]) -> dict[str, Source]:
    """The inputs with differences applied, each as a page in tests/check/ writes it.

    A line `# file: path` says which file is changed, and `@@` parts two changes. Of a change, the
    context and removed lines (` `, `-`) must be in the file exactly once, and are replaced by its
    context and added lines (` `, `+`); a file that does not exist is created.
    """
    files = dict(texts())
    for block in blocks:
        first, *lines = block.splitlines()
        path = first.removeprefix("# file: ")
        text = files[path].text if path in files else ""
        for hunk in "\n".join(lines).split("\n@@\n"):
            old = "".join(f"{line[1:]}\n" for line in hunk.splitlines() if line[:1] in " -")
            new = "".join(f"{line[1:]}\n" for line in hunk.splitlines() if line[:1] in " +")
            assert not old or text.count(old) == 1, f"not once in {path}:\n{old}"
            text = text.replace(old, new) if old else text + new
        files[path] = Source(path, text)
    return files
