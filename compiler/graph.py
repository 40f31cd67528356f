"""The linked resources, which derivation, checks and emitters read and never change."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Generic, NamedTuple, TypeVar, cast

from compiler.model import Ref, Spec
from compiler.parse import Document
from compiler.source import TEMPLATES, Source, Span

S = TypeVar("S", bound=Spec)
S_co = TypeVar("S_co", bound=Spec, covariant=True)


class ResourceId(NamedTuple):
    """The kind and name of a resource: `Agent/financial`."""

    kind: str
    name: str

    def __str__(self) -> str:
        return f"{self.kind}/{self.name}"


@dataclass(frozen=True, slots=True, eq=False)
class Resource(Generic[S_co]):
    """One typed spec, and the document that it was read from."""

    id: ResourceId
    spec: S_co
    document: Document = field(repr=False)

    @property
    def name(self) -> str:
        """The name in its metadata."""
        return self.id.name

    @property
    def owner(self) -> str | None:
        """The team in its metadata."""
        owner = self.document.data["metadata"].get("owner")
        return None if owner is None else str(owner)

    def at(self, *route: str | int) -> Span:
        """The span of the value at `route` below `spec`, or of its nearest ancestor."""
        return self.document.at("spec", *route)

    def key_at(self, *route: str | int) -> Span:
        """The span of the key of that value; of the resource's name if it is not set."""
        if route and route[0] not in self.document.data["spec"]:
            return self.name_span
        return self.document.key_at("spec", *route)

    @property
    def name_span(self) -> Span:
        """The span of its name."""
        return self.document.at("metadata", "name")


@dataclass(frozen=True, slots=True, eq=False)
class Broken:
    """A resource whose shape is wrong; only its name can be used."""

    id: ResourceId
    document: Document = field(repr=False)


@dataclass(frozen=True, eq=False)
class Graph:
    """All resources, whose references all resolve, and the other inputs that they refer to."""

    resources: Mapping[ResourceId, Resource[Spec]]  # sorted by id
    users: Mapping[ResourceId, tuple[ResourceId, ...]]  # the resources that refer to one, sorted
    texts: Mapping[str, Source]  # prompts and schemas, by path

    @cached_property
    def _by_kind(self) -> Mapping[str, tuple[Resource[Spec], ...]]:
        kinds: dict[str, list[Resource[Spec]]] = {}
        for resource in self.resources.values():
            kinds.setdefault(resource.id.kind, []).append(resource)
        return {kind: tuple(group) for kind, group in kinds.items()}

    @cached_property
    def templates(self) -> tuple[Source, ...]:
        """The organisation's own page templates, sorted by path."""
        return tuple(self.texts[path] for path in sorted(self.texts) if path.startswith(TEMPLATES))

    @cached_property
    def _by_place(self) -> tuple[list[Span], list[ResourceId]]:
        order = sorted((r.document.at(), r.id) for r in self.resources.values())
        return [span for span, _ in order], [id for _, id in order]

    def all(self, kind: type[S]) -> tuple[Resource[S], ...]:
        """The resources of one kind, in the order of their names."""
        return cast("tuple[Resource[S], ...]", self._by_kind.get(kind.KIND, ()))

    def get(self, kind: type[S], ref: Ref | str) -> Resource[S]:
        """The resource that `ref` names, which exists in every linked graph."""
        return cast("Resource[S]", self.resources[ResourceId(kind.KIND, str(ref))])

    def containing(self, span: Span) -> ResourceId | None:
        """The resource whose document contains a span; None if there is none."""
        spans, ids = self._by_place
        index = bisect_right(spans, Span(span.path, span.start, (10**9, 0))) - 1  # type: ignore[arg-type]
        return ids[index] if index >= 0 and spans[index].path == span.path else None
