"""Resources to a Graph: every name is unique, and every reference resolves."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import Any, NamedTuple, get_args

from pydantic import BaseModel

from compiler.diagnostic import Diagnostic, Label, Rule, Severity, did_you_mean
from compiler.graph import Broken, Graph, Resource, ResourceId
from compiler.model import KINDS, NAME, Ref, Spec
from compiler.source import Route, Source, top

DUPLICATE = Rule("duplicate-name", Severity.ERROR, "two resources of a kind share a name")
UNKNOWN = Rule("unknown-ref", Severity.ERROR, "a name does not resolve")
PLATFORM = Rule("platform-missing", Severity.ERROR, "there is not exactly one Platform")
RULES = (DUPLICATE, UNKNOWN, PLATFORM)

Node = Resource[Spec] | Broken


def link(
    nodes: Iterable[Node], texts: Iterable[Source] = (), unread: Iterable[Source] = ()
) -> tuple[Graph, tuple[Diagnostic, ...]]:
    """Link resources to a graph; report duplicate names and references that do not resolve.

    A reference to a broken resource, or to a name that occurs in an unread file, is not reported:
    the mistake is in that file.

    Args:
        nodes: all resources, also broken ones.
        texts: the inputs that are not specs.
        unread: the files in which there may be resources that could not be read.
    """
    table: dict[ResourceId, Node] = {}
    mistakes: list[Diagnostic] = []
    for node in sorted(nodes, key=lambda n: (n.id, n.document.at())):
        first = table.setdefault(node.id, node)
        if first is not node:
            mistakes.append(_duplicate(node, first))
    unread = tuple(unread)
    users: dict[ResourceId, set[ResourceId]] = {id: set() for id in table}
    for node in table.values():
        for route, target in references(node):
            if target in table:
                users[target].add(node.id)
            elif re.fullmatch(NAME, target.name) and not any(
                target.name in source.text for source in unread
            ):
                mistakes.append(_unknown(node, route, target, table))
    mistakes += _platform(table, unread)
    resources = {id: node for id, node in table.items() if isinstance(node, Resource)}
    references_to = {id: tuple(sorted(users[id])) for id in resources}
    return Graph(resources, references_to, {text.path: text for text in texts}), tuple(mistakes)


def _duplicate(node: Node, first: Node) -> Diagnostic:
    label = Label(first.document.at("metadata", "name"), "first defined here")
    span = node.document.at("metadata", "name")
    return DUPLICATE.at(span, f"`{node.id}` is defined twice", help="rename one", related=[label])


def _platform(table: Mapping[ResourceId, Node], unread: tuple[Source, ...]) -> list[Diagnostic]:
    """Report a missing Platform, and every one but the first: `derive` needs exactly one."""
    platforms = [node for id, node in table.items() if id.kind == "Platform"]
    if not platforms and not unread:
        help = "define one; `roster schema Platform` shows what it says"
        return [PLATFORM.at(top("specs/platform.yaml"), "there is no Platform", help=help)]
    return [
        PLATFORM.at(
            node.document.at("metadata", "name"),
            f"`{node.id}` is one Platform too many",
            help="keep one",
            related=[Label(platforms[0].document.at("metadata", "name"), "the first one")],
        )
        for node in platforms[1:]
    ]


def _unknown(
    node: Node, route: Route, target: ResourceId, table: Mapping[ResourceId, Node]
) -> Diagnostic:
    names = [id.name for id in table if id.kind == target.kind]
    message = f"there is no {target.kind} named `{target.name}`"
    folder = KINDS[target.kind].FOLDERS[0].replace("*", target.name)
    help = did_you_mean(target.name, names) or f"define it below `{folder}/`"
    return UNKNOWN.at(node.document.at("spec", *route), message, help=help)


def references(node: Node) -> Iterator[tuple[Route, ResourceId]]:
    """Every reference in a resource's spec, by the types of its kind.

    It walks the plain data, so that it also finds the references of broken resources; a new kind
    needs no code here.
    """
    kind = KINDS.get(node.id.kind)
    if kind is not None:
        yield from _walk(node.document.data.get("spec"), _shape(kind), ())


class _Shape(NamedTuple):
    """Where a type has references: the value itself, its fields, or items of a list or mapping."""

    kind: str | None
    fields: Mapping[str, Any]
    item: Any


@cache
def _shape(annotation: Any) -> _Shape | None:
    """The shape of a type, or None if it has no references."""
    if isinstance(annotation, type) and issubclass(annotation, Ref):
        return _Shape(annotation.KIND, {}, None)
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        types: dict[str, Any] = {n: f.annotation for n, f in annotation.model_fields.items()}
        shapes = {name: _shape(type) for name, type in types.items()}
        fields = {name: shape for name, shape in shapes.items() if shape is not None}
        return _Shape(None, fields, None) if fields else None
    inner = [shape for arg in get_args(annotation) if (shape := _shape(arg)) is not None]
    if not inner:
        return None
    origin = getattr(annotation, "__origin__", None)
    if origin in (tuple, dict):
        return _Shape(None, {}, inner[0])
    merged = {name: shape for part in inner for name, shape in part.fields.items()}
    kinds = [part.kind for part in inner if part.kind]
    items = [part.item for part in inner if part.item]
    return _Shape(kinds[0] if kinds else None, merged, items[0] if items else None)


def _walk(value: Any, shape: _Shape | None, route: Route) -> Iterator[tuple[Route, ResourceId]]:
    if shape is None:
        return
    if isinstance(value, str):
        if shape.kind is not None:
            yield route, ResourceId(shape.kind, value)
    elif isinstance(value, dict):
        for name, item in value.items():
            yield from _walk(item, shape.fields.get(name, shape.item), (*route, name))
    elif isinstance(value, tuple):
        for index, item in enumerate(value):
            yield from _walk(item, shape.item, (*route, index))
