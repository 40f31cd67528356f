"""The apps that `up --without` excluded, kept so that `status` does not report them as absent."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable
from pathlib import Path

from stack.errors import StackError
from stack.pm2.describe import Stack

_FILE = "left-out.json"


def record(folder: Path, requested: Iterable[Stack], selected: Iterable[Stack]) -> None:
    """Record the apps of requested stacks that are not selected; other stacks' records stay."""
    names = {app for stack in selected for app in stack.apps}
    excluded = {stack.name: sorted(stack.apps.keys() - names) for stack in requested}
    _write(folder, _read(folder) | excluded)


def forget(folder: Path, stacks: Collection[str]) -> None:
    """Remove the records of these stacks, which were stopped; of all, if none is named."""
    kept = {name: apps for name, apps in _read(folder).items() if stacks and name not in stacks}
    _write(folder, kept)


def names(folder: Path) -> frozenset[str]:
    """The names of all excluded apps. Raises StackError for a file that is broken."""
    return frozenset(app for apps in _read(folder).values() for app in apps)


def _read(folder: Path) -> dict[str, list[str]]:
    path = folder / _FILE
    try:
        return {str(name): list(apps) for name, apps in json.loads(path.read_bytes()).items()}
    except FileNotFoundError:
        return {}
    except (ValueError, AttributeError, TypeError):
        raise StackError(f"{path} is broken: remove it, and run `make up` again") from None


def _write(folder: Path, excluded: dict[str, list[str]]) -> None:
    new = folder / f"{_FILE}.new"  # only one command writes at a time
    new.write_text(json.dumps(excluded, indent=2), encoding="utf-8")
    new.replace(folder / _FILE)
