"""What generated/pm2/ says of stacks: their apps, and what PM2 does not know about these."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from stack.errors import StackError

GROUPS = {"agents": "agent", "servers": "server", "processes": "process"}
"""Words that mean all apps of a kind."""


@dataclass(frozen=True, slots=True)
class Secret:
    """A variable that the caller must have set; `file`: to the path of a file."""

    name: str
    file: bool


@dataclass(frozen=True, slots=True)
class App:
    """An app, as `stack.json` says; `timeout` in seconds."""

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
        """By which words it is meant."""
        group = next(word for word, kind in GROUPS.items() if kind == self.kind)
        return frozenset((self.name, self.short, group))


@dataclass(frozen=True, slots=True)
class Stack:
    """A stack: its apps by name, the stacks it needs, and who needs a token in it."""

    name: str
    ecosystem: Path
    needs: tuple[str, ...]
    identities: tuple[str, ...]
    apps: Mapping[str, App]


def stacks(root: Path) -> dict[str, Stack]:
    """Every stack by name. Raises StackError where generated/ is not what it should be."""
    folder = root / "generated" / "pm2"
    if not folder.is_dir():
        raise StackError(f"there is no {folder}: run `make generate`")
    found = (_stack(path) for path in sorted(folder.glob("*/stack.json")))
    return {stack.name: stack for stack in found}


def chosen(known: Mapping[str, Stack], names: Iterable[str]) -> list[Stack]:
    """The stacks of these names, each after those it needs. Raises StackError for unknown names."""
    found: dict[str, Stack] = {}
    for name in names:
        stack = known.get(name)
        if stack is None:
            raise StackError(
                f"there is no stack `{name}`{like(name, known)}; there are: {_all(known)}"
            )
        found |= {one.name: one for one in chosen(known, stack.needs)}
        found[name] = stack
    return list(found.values())


def without(some: Iterable[Stack], words: Collection[str]) -> list[Stack]:
    """The stacks less the apps that the words mean. Raises StackError for an unknown word."""
    some = list(some)
    meant = {word for stack in some for app in stack.apps.values() for word in app.words}
    for word in words:
        if word not in meant:
            raise StackError(f"`{word}` is no app of these stacks{like(word, meant)}")
    return [
        replace(stack, apps={n: a for n, a in stack.apps.items() if not a.words & set(words)})
        for stack in some
    ]


def like(word: str, known: Iterable[str]) -> str:
    """A hint at the known word that is most like this one."""
    return "".join(f" (did you mean `{one}`?)" for one in get_close_matches(word, known, n=1))


def _all(known: Iterable[str]) -> str:
    return ", ".join(sorted(known)) or "none"


def _stack(path: Path) -> Stack:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        name = str(found["stack"])
        apps = {app: _app(app, name, what) for app, what in found["apps"].items()}
        needs, identities = tuple(found["needs"]), tuple(found["identities"])
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise StackError(
            f"{path} is broken ({type(error).__name__}): run `make generate`"
        ) from None
    return Stack(name, path.with_name("ecosystem.config.cjs"), needs, identities, apps)


def _app(name: str, stack: str, found: Mapping[str, Any]) -> App:
    return App(
        name=name,
        stack=stack,
        kind=found["kind"],
        short=found["name"],
        port=found["port"],
        health=found["health"],
        timeout=int(found["timeout"]),
        url=found["url"],
        secrets=tuple(Secret(one["name"], bool(one["file"])) for one in found["secrets"]),
        programs=tuple(found["programs"]),
        files=tuple(found["files"]),
    )
