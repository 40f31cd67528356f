"""Which apps `up` was told to leave out, so that `status` does not miss them."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable
from pathlib import Path

from stack.errors import StackError
from stack.pm2.describe import Stack

_FILE = "left-out.json"


def note(folder: Path, whole: Iterable[Stack], some: Iterable[Stack]) -> None:
    """Remember what `some` lack of the `whole`; of other stacks it stays as it was."""
    kept = {app for stack in some for app in stack.apps}
    told = {stack.name: sorted(stack.apps.keys() - kept) for stack in whole}
    _write(folder, _read(folder) | told)


def forget(folder: Path, stacks: Collection[str]) -> None:
    """These stacks were stopped, or, where none is named, all: nothing of them is left out."""
    kept = {name: apps for name, apps in _read(folder).items() if stacks and name not in stacks}
    _write(folder, kept)


def known(folder: Path) -> frozenset[str]:
    """The names of all apps that were left out. Raises StackError for a file that is broken."""
    return frozenset(app for apps in _read(folder).values() for app in apps)


def _read(folder: Path) -> dict[str, list[str]]:
    path = folder / _FILE
    try:
        return {str(name): list(apps) for name, apps in json.loads(path.read_bytes()).items()}
    except FileNotFoundError:
        return {}
    except (ValueError, AttributeError, TypeError):
        raise StackError(f"{path} is broken: remove it, and run `make up` again") from None


def _write(folder: Path, told: dict[str, list[str]]) -> None:
    new = folder / f"{_FILE}.new"  # only one command writes at a time
    new.write_text(json.dumps(told, indent=2), encoding="utf-8")
    new.replace(folder / _FILE)
