"""Read generated/pm2/*/stack.json: the stacks, their apps, and facts that PM2 does not need."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from stack.errors import StackError

GROUPS = {"agents": "agent", "servers": "server", "processes": "process"}
"""The kinds of apps by the words that select all apps of a kind."""


@dataclass(frozen=True, slots=True)
class Secret:
    """A variable that the caller must set; `file`: to the path of a file."""

    name: str
    file: bool


@dataclass(frozen=True, slots=True)
class App:
    """An app, as in `stack.json`; `timeout` in seconds."""

    name: str
    stack: str
    kind: str
    short: str
    port: int | None
    health: str | None
    timeout: int
    url: str | None
    secrets: tuple[Secret, ...]
    programs: tuple[str, ...]
    files: tuple[str, ...]

    @property
    def words(self) -> frozenset[str]:
        """The words that select it: its name, its short name, and the group of its kind."""
        group = next(word for word, kind in GROUPS.items() if kind == self.kind)
        return frozenset((self.name, self.short, group))


@dataclass(frozen=True, slots=True)
class Stack:
    """A stack: its apps by name, the stacks it needs, and the identities that need a token."""

    name: str
    ecosystem: Path
    needs: tuple[str, ...]
    identities: tuple[str, ...]
    apps: Mapping[str, App]


def stacks(root: Path) -> dict[str, Stack]:
    """Every stack by name. Raises StackError where generated/ is missing or broken."""
    folder = root / "generated" / "pm2"
    if not folder.is_dir():
        raise StackError(f"there is no {folder}: run `make generate`")
    read = (_stack(path) for path in sorted(folder.glob("*/stack.json")))
    return {stack.name: stack for stack in read}


def select(defined: Mapping[str, Stack], names: Iterable[str]) -> list[Stack]:
    """The stacks of these names, each after those it needs. Raises StackError for unknown names."""
    selected: dict[str, Stack] = {}
    for name in names:
        stack = defined.get(name)
        if stack is None:
            existing = ", ".join(sorted(defined)) or "none"
            raise StackError(
                f"there is no stack `{name}`{suggestion(name, defined)}; there are: {existing}"
            )
        selected |= {needed.name: needed for needed in select(defined, stack.needs)}
        selected[name] = stack
    return list(selected.values())


def without(stacks: Iterable[Stack], words: Collection[str]) -> list[Stack]:
    """The stacks without the apps that words select. Raises StackError for an unknown word."""
    stacks = list(stacks)
    valid = {word for stack in stacks for app in stack.apps.values() for word in app.words}
    for word in words:
        if word not in valid:
            raise StackError(f"`{word}` is no app of these stacks{suggestion(word, valid)}")
    return [
        replace(stack, apps={n: a for n, a in stack.apps.items() if not a.words & set(words)})
        for stack in stacks
    ]


def suggestion(word: str, valid: Iterable[str]) -> str:
    """A hint at the most similar of the valid words."""
    matches = get_close_matches(word, valid, n=1)
    return f" (did you mean `{matches[0]}`?)" if matches else ""


def _stack(path: Path) -> Stack:
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        name = str(content["stack"])
        apps = {app: _app(app, name, described) for app, described in content["apps"].items()}
        needs, identities = tuple(content["needs"]), tuple(content["identities"])
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise StackError(
            f"{path} is broken ({type(error).__name__}): run `make generate`"
        ) from None
    return Stack(name, path.with_name("ecosystem.config.cjs"), needs, identities, apps)


def _app(name: str, stack: str, described: Mapping[str, Any]) -> App:
    return App(
        name=name,
        stack=stack,
        kind=described["kind"],
        short=described["name"],
        port=described["port"],
        health=described["health"],
        timeout=int(described["timeout"]),
        url=described["url"],
        secrets=tuple(
            Secret(secret["name"], bool(secret["file"])) for secret in described["secrets"]
        ),
        programs=tuple(described["programs"]),
        files=tuple(described["files"]),
    )
