"""A case: a good object with changes, and where our rules and the real server refuse it."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any, NamedTuple

from tests.admit.corpus.bases import BASES


class _Absent:
    def __repr__(self) -> str:
        return "absent"


ABSENT = _Absent()
"""A change that takes a field away."""
ACCEPTED = "accepted"
"""The server takes what we refuse: we are stricter on purpose."""
APPLIED = "applied"
"""The server takes it on creation, but refuses to apply it: a key of a list is there twice."""
UNDECODED = "undecoded"
"""The server refuses it before validation, and so names no field."""


class Case(NamedTuple):
    """An object and the verdicts on it."""

    base: str
    changes: Mapping[str, Any]
    field: str = ""  # where we refuse it; "" if it is well
    message: str = ""  # a part of what we say
    server: str = ""  # what the server does if not the same: ACCEPTED, UNDECODED, or other fields

    @property
    def name(self) -> str:
        """What a test run calls it."""
        change = ",".join(f"{path}={value!r:.40}" for path, value in self.changes.items())
        return f"{self.base}:{change or 'as it is'}"

    def object(self) -> dict[str, Any]:
        """The object with the changes."""
        object = copy.deepcopy(BASES[self.base])
        for path, value in self.changes.items():
            _set(object, path.split("/"), value)
        return object


def good(base: str, changes: Mapping[str, Any]) -> Case:
    """A case that both accept."""
    return Case(base, changes)


def bad(base: str, changes: Mapping[str, Any], field: str, message: str, server: str = "") -> Case:
    """A case that we refuse."""
    return Case(base, changes, field, message, server)


def _set(node: Any, path: list[str], value: Any) -> None:
    *parents, last = path
    for step in parents:
        node = node[int(step)] if isinstance(node, list) else node.setdefault(step, {})
    if value is ABSENT:
        node.pop(last, None)
    elif isinstance(node, list):
        node[int(last) :] = [value, *node[int(last) + 1 :]]
    else:
        node[last] = value
