"""Artefacts spoilt on purpose, one way at a time; `roster verify` must notice each.

`python -m tests.mutations` lists every mutation with its verdict, and the score. A mutation finds
the one artefact that it means by cluster, kind and name, and changes its data in place.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import yaml

from compiler.parse import Document, parse
from compiler.pipeline import compile
from compiler.verify import verify
from tests.estate import TODAY
from tests.layers import Server, documents, sources

POD_GET = [{"resources": ["pods"], "verbs": ["get"]}]
POD_DELETE = [{"resources": ["pods"], "verbs": ["delete"]}]
SERVERS = {
    "github": Server(("list_issues", "create_issue", "delete_repo")),
    "tracker": Server(("list_issues", "close_issue")),
    "old": Server(("list_issues", "run_query"), new=False),
    "second": Server(("list_issues", "drop_table"), new=False),
    "hub": Server(("t1", "t2", "a_tool_with_a_very_long_name"), new=False, shared=True),
    "k8s": Server(
        ("pods_get", "pods_delete"), rights={"pods_get": POD_GET, "pods_delete": POD_DELETE}
    ),
}
GRANTS = {
    ("alpha", "dev", "github"): {"list_issues": "none", "create_issue": "human"},
    ("alpha", "dev", "tracker"): {"list_issues": "none"},
    ("alpha", "dev", "old"): {"list_issues": "none"},
    ("alpha", "ops", "second"): {"list_issues": "none"},
    ("alpha", "ops", "k8s"): {"pods_get": "none"},
    ("alpha", "ops", "hub"): {"t1": "none"},
    ("beta", "dev", "github"): {"list_issues": "none"},
    ("beta", "dev", "hub"): {"t2": "human", "a_tool_with_a_very_long_name": "none"},
}
Files = dict[str, str]
Change = Callable[[Files], None]


@cache
def _estate() -> tuple[Mapping[str, str], tuple[Document, ...]]:
    found = documents(
        SERVERS, GRANTS, delegations={("alpha", "dev"): ["ops"]}, empty=[("alpha", "idle")]
    )
    given = sources(found)
    result = compile(given.values(), today=TODAY)
    assert not result.failed, result.diagnostics
    read = [d for source in given.values() if source.is_yaml for d in parse(source)[0]]
    return {file.path: file.text for file in result.files}, tuple(read)


def estate() -> tuple[Files, tuple[Document, ...]]:
    """Every artefact of an estate that has all layers, and the documents that it came from."""
    files, read = _estate()
    return dict(files), read


def wrong(files: Mapping[str, str]) -> list[str]:
    """What verify holds against artefacts: `layer: so many missing, excess, faults`."""
    return [
        f"{r.name}: {len(r.missing)} missing, {len(r.excess)} excess, {len(r.faults)} faults"
        for r in verify(files, estate()[1])
        if r.missing or r.excess or r.faults
    ]


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
    """Put one more object there."""

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
    """Set what a dotted route leads to; None removes it, and `+` adds to a list."""

    def change(object: Any) -> None:
        here = object
        *parents, last = (int(p) if p.isdigit() else p for p in route.split("."))
        for part in parents:
            here = here[part]
        if last == "+":
            here.append(value)
        elif value is None:
            del here[last]
        else:
            here[last] = value

    return change


def key(route: str, name: str, value: Any) -> Callable[[Any], None]:
    """Like `put`, for one more key that may itself hold dots."""

    def change(object: Any) -> None:
        here = object
        for part in route.split("."):
            here = here[int(part) if part.isdigit() else part]
        if value is None:
            del here[name]
        else:
            here[name] = value

    return change


@dataclass(frozen=True)
class Mutation:
    """A way to spoil the artefacts of a layer."""

    layer: str
    name: str
    apply: Change


def every() -> Iterable[Mutation]:
    """All of them, layer by layer."""
    from tests.mutation_list import MUTATIONS

    seen = set()
    for layer, name, change in MUTATIONS:
        assert (layer, name) not in seen, (layer, name)
        seen.add((layer, name))
        yield Mutation(layer, name, change)


def verdict(mutation: Mutation) -> list[str]:
    """What verify says of the artefacts after a mutation."""
    files, _ = estate()
    mutation.apply(files)
    return wrong(files)


def main() -> None:
    assert wrong(estate()[0]) == [], "the estate is not as specified even before"
    caught = total = 0
    for mutation in every():
        said = verdict(mutation)
        total, caught = total + 1, caught + bool(said)
        told = "; ".join(said) if said else "NOT NOTICED"
        print(f"{mutation.layer:<19} {mutation.name}: {told}")
    print(f"{caught} of {total} mutations noticed")
    sys.exit(caught != total)


if __name__ == "__main__":
    main()
