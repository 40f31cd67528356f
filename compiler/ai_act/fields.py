"""Reading specs by dotted fields, such as `oversight.stop.owner`."""

from __future__ import annotations

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
