"""Generated files as their consumers read them: Kubernetes objects by cluster, and plain texts."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeVar

from compiler.parse import parse
from compiler.source import Source

SUFFIXES = (".yaml", ".yml", ".json")
"""What Argo CD takes for objects."""


class Malformed(Exception):  # noqa: N818 - it names what was read, and becomes a fault
    """A text that has not the shape which its reader needs."""


@dataclass(frozen=True, slots=True)
class Node:
    """A value of a text and where it stands. A field that is missing is an absent Node."""

    value: Any
    path: str
    route: str = ""

    def __getitem__(self, key: str) -> Node:
        fields = {} if self.value is None else self._is(dict, "a mapping")
        return Node(fields.get(key), self.path, f"{self.route}.{key}" if self.route else key)

    @property
    def absent(self) -> bool:
        """Whether nothing stands there; `{}` and `[]` are something."""
        return self.value is None

    def names(self) -> tuple[str, ...]:
        """The keys of a mapping."""
        return () if self.value is None else tuple(map(str, self._is(dict, "a mapping")))

    def fields(self) -> Iterator[tuple[str, Node]]:
        """The fields of a mapping."""
        return ((key, self[key]) for key in self.names())

    def items(self) -> tuple[Node, ...]:
        """The entries of a list."""
        values = () if self.value is None else self._is((list, tuple), "a list")
        return tuple(Node(v, self.path, f"{self.route}[{i}]") for i, v in enumerate(values))

    def text(self, default: str = "") -> str:
        """A text, or what stands for it where it is missing."""
        return default if self.value is None else str(self._is(str, "text"))

    def texts(self) -> tuple[str, ...]:
        """A list of texts."""
        return tuple(item.text() for item in self.items())

    def number(self, default: int = 0) -> int:
        """A whole number, or what stands for it where it is missing."""
        if isinstance(self.value, bool):
            raise self.wrong("a number")
        return default if self.value is None else int(self._is(int, "a number"))

    def pairs(self) -> dict[str, str]:
        """A mapping of texts to texts, such as labels."""
        return {key: value.text() for key, value in self.fields()}

    def wrong(self, expected: str) -> Malformed:
        """What to raise where the value is not what is expected."""
        return Malformed(f"{self.path}: `{self.route or 'the text'}` is not {expected}")

    def _is(self, kind: type | tuple[type, ...], name: str) -> Any:
        if not isinstance(self.value, kind):
            raise self.wrong(name)
        return self.value


@dataclass(frozen=True, slots=True)
class Object:
    """A Kubernetes object, as it stands in a file of a cluster."""

    kind: str
    group: str
    name: str
    namespace: str
    labels: Mapping[str, str]
    node: Node = field(repr=False)

    @property
    def spec(self) -> Node:
        """What it asks for."""
        return self.node["spec"]


@dataclass(frozen=True, slots=True)
class Artefacts:
    """All generated files, the objects of each cluster by kind, and what could not be read."""

    files: Mapping[str, str]
    objects: Mapping[tuple[str, str], tuple[Object, ...]]
    faults: tuple[str, ...]

    def all(self, cluster: str, kind: str, group: str | None = None) -> tuple[Object, ...]:
        """The objects of one kind; `group` tells kinds of the same name apart."""
        found = self.objects.get((cluster, kind), ())
        return found if group is None else tuple(one for one in found if one.group == group)

    def in_cluster(self, cluster: str) -> Iterator[Object]:
        """Every object of a cluster."""
        return (one for (of, _), some in self.objects.items() if of == cluster for one in some)


class Placed(Protocol):
    """Whatever has a namespace."""

    @property
    def namespace(self) -> str: ...


P = TypeVar("P", bound=Placed)


def by_namespace(some: Iterable[P]) -> Mapping[str, tuple[P, ...]]:
    """Values by their namespace, in their order."""
    found: defaultdict[str, list[P]] = defaultdict(list)
    for one in some:
        found[one.namespace].append(one)
    return {home: tuple(there) for home, there in found.items()}


def read(files: Mapping[str, str]) -> Artefacts:
    """Texts by path, to objects; `clusters/<cluster>/` is all that a path says."""
    objects: defaultdict[tuple[str, str], list[Object]] = defaultdict(list)
    faults: list[str] = []
    for path, text in sorted(files.items()):
        parts = path.split("/")
        if parts[0] != "clusters" or len(parts) < 3 or not path.endswith(SUFFIXES):
            continue
        for found in _objects(path, text):
            if isinstance(found, Malformed):
                faults.append(str(found))
            else:
                objects[parts[1], found.kind].append(found)
    return Artefacts(files, {key: tuple(some) for key, some in objects.items()}, tuple(faults))


def _objects(path: str, text: str) -> Iterator[Object | Malformed]:
    """The objects of one file, and what is none."""
    for node in _documents(path, text):
        try:
            yield node if isinstance(node, Malformed) else _object(node)
        except Malformed as wrong:
            yield wrong


def _documents(path: str, text: str) -> Iterator[Node | Malformed]:
    if path.endswith(".json"):
        try:
            yield from_json(text, path)
        except Malformed as wrong:
            yield wrong
        return
    documents, found = parse(Source(path, text))
    yield from (Malformed(f"{d.span}: {d.message}") for d in found)
    yield from (Node(document.data, path) for document in documents)


def _object(node: Node) -> Object:
    metadata, kind = node["metadata"], node["kind"].text()
    if not kind or not metadata["name"].text() or kind == "List":
        raise node.wrong("an object with a kind and a name")
    return Object(
        kind=kind,
        group=node["apiVersion"].text().rpartition("/")[0],
        name=metadata["name"].text(),
        namespace=metadata["namespace"].text(),
        labels=metadata["labels"].pairs(),
        node=node,
    )


def from_json(text: str, path: str) -> Node:
    """A JSON text; a key that is given twice is refused, since readers differ about it."""
    try:
        return Node(json.loads(text, object_pairs_hook=_once), path)
    except (ValueError, RecursionError) as error:
        raise Malformed(f"{path}: this is no JSON: {error}") from None


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result = dict(pairs)
    if len(result) != len(pairs):
        raise ValueError("a key is given twice")
    return result
