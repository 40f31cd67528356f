"""Ways to change artefacts: one object, one JSON file, one text."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import yaml

from tests.mutations.estate import Files

Change = Callable[[Files], None]


def find(files: Files, cluster: str, kind: str, name: str, namespace: str = "") -> str:
    """The path of the one object of that kind and name."""
    hits = []
    for path, text in files.items():
        if path.startswith(f"clusters/{cluster}/") and path.endswith(f"-{name}.yaml"):
            object = yaml.load(text, yaml.CSafeLoader)
            meta = object["metadata"]
            if object["kind"] == kind and namespace in ("", meta.get("namespace")):
                hits.append(path)
    assert len(hits) == 1, (cluster, kind, name, namespace, hits)
    return hits[0]


def on(
    cluster: str, kind: str, name: str, change: Callable[[Any], None], namespace: str = ""
) -> Change:
    """Change one object."""

    def apply(files: Files) -> None:
        path = find(files, cluster, kind, name, namespace)
        object = yaml.load(files[path], yaml.CSafeLoader)
        before = json.dumps(object)
        change(object)
        assert json.dumps(object) != before, "the mutation changes nothing"
        files[path] = json.dumps(object)

    return apply


def drop(cluster: str, kind: str, name: str, namespace: str = "") -> Change:
    """Remove one object."""

    def apply(files: Files) -> None:
        del files[find(files, cluster, kind, name, namespace)]

    return apply


def add(cluster: str, **object: Any) -> Change:
    """Add one object."""

    def apply(files: Files) -> None:
        files[f"clusters/{cluster}/projects/alpha/more/more.yaml"] = json.dumps(object)

    return apply


def data(path: str, change: Callable[[Any], None]) -> Change:
    """Change a JSON file."""

    def apply(files: Files) -> None:
        value = json.loads(files[path])
        change(value)
        files[path] = json.dumps(value)

    return apply


def text(path: str, old: str, new: str) -> Change:
    """Change a text."""

    def apply(files: Files) -> None:
        assert old in files[path], path
        files[path] = files[path].replace(old, new, 1)

    return apply


def put(route: str, value: Any) -> Callable[[Any], None]:
    """Set the value at a dotted route; None removes it, and `+` appends to a list."""

    def change(object: Any) -> None:
        node = object
        *parents, last = (int(p) if p.isdigit() else p for p in route.split("."))
        for part in parents:
            node = node[part]
        if last == "+":
            node.append(value)
        elif value is None:
            del node[last]
        else:
            node[last] = value

    return change


def key(route: str, name: str, value: Any) -> Callable[[Any], None]:
    """Like `put`, for a last key that may contain dots."""

    def change(object: Any) -> None:
        node = object
        for part in route.split("."):
            node = node[int(part) if part.isdigit() else part]
        if value is None:
            del node[name]
        else:
            node[name] = value

    return change
