"""Reading specs by dotted fields, such as `oversight.stop.owner`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import get_args, get_origin

from compiler.model.base import Model


def value(spec: object, field: str) -> object:
    """The value at a dotted field, or None where a part of the path is missing."""
    for part in field.split("."):
        spec = getattr(spec, part, None)
    return spec


def empty(value: object) -> bool:
    """Whether a value is None, an empty text or collection, or a part with only empty fields."""
    if isinstance(value, Model):
        return all(empty(getattr(value, field)) for field in type(value).model_fields)
    return value is None or value == "" or value == () or value == {}


def outermost_empty(spec: object, field: str) -> str | None:
    """The shortest prefix of a dotted field that is empty, or None where the field has a value."""
    parts = field.split(".")
    prefixes = (".".join(parts[: n + 1]) for n in range(len(parts)))
    return next((prefix for prefix in prefixes if empty(value(spec, prefix))), None)


def leaves(kind: type[Model], field: str) -> Iterator[str]:
    """The fields that a dotted field of a kind consists of: itself, or all below it."""
    part: type[Model] | None = kind
    for name in field.split("."):
        assert part is not None, f"{kind.__name__} has no field {field}"
        part = part_of(part, name)
    if part is None:
        yield field
    else:
        for name in part.model_fields:
            yield from leaves(kind, f"{field}.{name}")


def description(kind: type[Model], field: str) -> str:
    """The description of a dotted field of a kind, as editors show it."""
    first, _, rest = field.partition(".")
    part = part_of(kind, first)
    if rest and part:
        return description(part, rest)
    return kind.model_fields[first].description or ""


def part_of(kind: type[Model], name: str) -> type[Model] | None:
    """The model that a field holds, if it holds one and not a value, a list or a mapping."""
    annotation = kind.model_fields[name].annotation
    if get_origin(annotation) in (tuple, dict):
        return None
    types = (t for t in (annotation, *get_args(annotation)) if isinstance(t, type))
    return next((t for t in types if issubclass(t, Model)), None)


def has_entries(kind: type[Model], name: str) -> bool:
    """Whether a field holds a list of models."""
    types = (t for t in get_args(kind.model_fields[name].annotation) if isinstance(t, type))
    return part_of(kind, name) is None and any(issubclass(t, Model) for t in types)
