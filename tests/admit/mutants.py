"""Objects with one value replaced by each of a list of nasty ones."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

TEXTS = (
    "",
    "a",
    "A",
    "a b",
    "-a",
    "a.b",
    "a/b",
    "1",
    "x" * 64,
    "x" * 254,
    "None",
    "-1",
    "1.5",
    "é",
)
NUMBERS = (-1, 0, 1, 5, 70000, 2**31 - 1)
TAKEN = object()


def mutants(objects: Iterable[Mapping[str, Any]]) -> Iterator[dict[str, Any]]:
    """All of them, each once."""
    seen = set()
    for object in objects:
        for path, value in _places(object, ()):
            if path[0] in {"apiVersion", "kind"} or path == ("metadata", "namespace"):
                continue
            for odd in (TAKEN, *_odd(value)):
                mutant = _with(object, path, odd)
                text = json.dumps(mutant, sort_keys=True)
                if text not in seen:
                    seen.add(text)
                    yield mutant


def _places(value: Any, path: tuple[Any, ...]) -> Iterator[tuple[tuple[Any, ...], Any]]:
    pairs = value.items() if isinstance(value, dict) else enumerate(value)
    for key, item in pairs:
        yield (*path, key), item
        if isinstance(item, dict | list):
            yield from _places(item, (*path, key))


def _odd(value: Any) -> Iterator[Any]:
    if isinstance(value, bool):
        yield not value
    elif isinstance(value, str):
        yield from (*TEXTS, *NUMBERS)
    elif isinstance(value, int):
        yield from NUMBERS
    elif isinstance(value, list):
        yield []
        yield [*value, *value[:1]]
    elif isinstance(value, dict):
        yield {}
        for key in TEXTS if all(isinstance(item, str) for item in value.values()) else ():
            yield {**value, key: "a"}


def _with(object: Mapping[str, Any], path: tuple[Any, ...], value: Any) -> dict[str, Any]:
    mutant = node = copy.deepcopy(dict(object))
    for step in path[:-1]:
        node = node[step]
    if value is TAKEN:
        del node[path[-1]]
    else:
        node[path[-1]] = value
    return mutant
