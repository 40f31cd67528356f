"""Generated files: a path below generated/, a text, and the spec lines that it came from."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from hashlib import sha256
from typing import Any, NamedTuple

from compiler.graph import Resource
from compiler.model import Spec
from compiler.source import Route, Span

_SAFE = re.compile(r"(\.?[a-z0-9A-Z_][a-z0-9A-Z._-]*/)*[a-z0-9A-Z_.][a-z0-9A-Z._-]*")


class Origin(NamedTuple):
    """A field of a file (dotted, "" for the whole file) and the place in a spec it came from.

    `place` is set for a place in a chart, whose text belongs to the resource.
    """

    field: str
    resource: Resource[Spec]
    route: Route = ()
    place: Span | None = None

    @property
    def span(self) -> Span:
        """The place; the resource's name if there is no route."""
        if self.place is not None:
            return self.place
        return self.resource.at(*self.route) if self.route else self.resource.name_span

    @property
    def line(self) -> str:
        """That place as `path:line`."""
        return _line(self.resource, self.route, self.place)


@lru_cache(maxsize=65536)
def _line(resource: Resource[Spec], route: Route, place: Span | None) -> str:
    span = Origin("", resource, route, place).span
    return f"{span.path}:{span.start.line}"


@dataclass(frozen=True, slots=True, eq=False)
class File:
    """One generated file."""

    path: str
    text: str
    origins: tuple[Origin, ...]
    object: Mapping[str, Any] | None = field(default=None, repr=False)  # a Kubernetes object
    kubernetes: str = ""  # the minor version that the object is for
    digest: str = field(init=False, repr=False)  # the SHA-256 of the text

    def __post_init__(self) -> None:
        object.__setattr__(self, "digest", sha256(self.text.encode()).hexdigest())
        assert _SAFE.fullmatch(self.path) and ".." not in self.path.split("/"), self.path
        assert self.text.endswith("\n"), self.path
        assert self.origins, self.path

    def origin(self, field: str) -> Origin:
        """The origin of a field, or of the nearest field around it that has one."""
        around = [o for o in self.origins if f"{field}.".startswith(f"{o.field}.") or not o.field]
        return max(around, key=lambda origin: len(origin.field), default=self.origins[0])
