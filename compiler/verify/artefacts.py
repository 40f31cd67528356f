"""Generated files as their consumers read them: Kubernetes objects by cluster, and plain texts."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Protocol, TypeVar

from compiler.parse import parse
from compiler.source import Source

SUFFIXES = (".yaml", ".yml", ".json")
"""What Argo CD takes for objects."""


class Malformed(Exception):  # noqa: N818 - it describes what was read, and becomes a fault
    """A text that does not have the shape that its reader needs."""


@dataclass(frozen=True, slots=True)
class Node:
    """A value of a text, and its place. A field that is missing is an absent Node."""

    value: Any
    path: str
    route: str = ""

    def __getitem__(self, key: str) -> Node:
        fields = {} if self.value is None else self._is(dict, "a mapping")
        return Node(fields.get(key), self.path, f"{self.route}.{key}" if self.route else key)

    @property
    def absent(self) -> bool:
        """Whether the field is missing or null; `{}` and `[]` are values."""
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
        """A text, or the default where it is missing."""
        return default if self.value is None else str(self._is(str, "text"))

    def texts(self) -> tuple[str, ...]:
        """A list of texts."""
        return tuple(item.text() for item in self.items())

    def number(self, default: int = 0) -> int:
        """A whole number, or the default where it is missing."""
        if isinstance(self.value, bool):
            raise self.wrong("a number")
        return default if self.value is None else int(self._is(int, "a number"))

    def pairs(self) -> dict[str, str]:
        """A mapping of texts to texts, such as labels."""
        return {key: value.text() for key, value in self.fields()}

    def wrong(self, expected: str) -> Malformed:
        """The exception to raise where the value is not what is expected."""
        return Malformed(f"{self.path}: `{self.route or 'the text'}` is not {expected}")

    def _is(self, kind: type | tuple[type, ...], name: str) -> Any:
        if not isinstance(self.value, kind):
            raise self.wrong(name)
        return self.value


@dataclass(frozen=True, slots=True)
class Object:
    """A Kubernetes object in a file of a cluster."""

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
        """The objects of one kind; `group` distinguishes kinds of the same name."""
        objects = self.objects.get((cluster, kind), ())
        return tuple(object for object in objects if group in (None, object.group))

    def in_cluster(self, cluster: str) -> Iterator[Object]:
        """Every object of a cluster."""
        for (place, _), objects in self.objects.items():
            if place == cluster:
                yield from objects


class Namespaced(Protocol):
    """A value with a namespace."""

    @property
    def namespace(self) -> str: ...


P = TypeVar("P", bound=Namespaced)


def by_namespace(values: Iterable[P]) -> Mapping[str, tuple[P, ...]]:
    """Values by their namespace, in their order."""
    groups: defaultdict[str, list[P]] = defaultdict(list)
    for value in values:
        groups[value.namespace].append(value)
    return {namespace: tuple(group) for namespace, group in groups.items()}


def read(files: Mapping[str, str]) -> Artefacts:
    """Texts by path, to objects; only `clusters/<cluster>/` of a path has a meaning."""
    objects: defaultdict[tuple[str, str], list[Object]] = defaultdict(list)
    faults: list[str] = []
    for path, text in sorted(files.items()):
        parts = path.split("/")
        if parts[0] != "clusters" or len(parts) < 3 or not path.endswith(SUFFIXES):
            continue
        for object in _objects(path, text):
            if isinstance(object, Malformed):
                faults.append(str(object))
            else:
                objects[parts[1], object.kind].append(object)
    return Artefacts(files, {key: tuple(group) for key, group in objects.items()}, tuple(faults))


def _objects(path: str, text: str) -> Iterator[Object | Malformed]:
    """The objects of one file, and what could not be read as one."""
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
    data = _data(text)
    if data is None:
        _, diagnostics = parse(Source(path, text))
        yield from (Malformed(f"{d.span}: {d.message}") for d in diagnostics)
        return
    yield from (Node(document, path) for document in data)


@lru_cache(maxsize=4096)
def _data(text: str) -> tuple[Any, ...] | None:
    """The documents of a YAML text, or None if it is malformed: clusters hold many equal ones."""
    documents, diagnostics = parse(Source("x.yaml", text))
    return None if diagnostics else tuple(document.data for document in documents)


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
    """A JSON text; a key that occurs twice is refused, since parsers differ about it."""
    try:
        return Node(json.loads(text, object_pairs_hook=_once), path)
    except (ValueError, RecursionError) as error:
        raise Malformed(f"{path}: this is not JSON: {error}") from None


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result = dict(pairs)
    if len(result) != len(pairs):
        raise ValueError("a key occurs twice")
    return result
