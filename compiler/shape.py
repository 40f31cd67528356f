"""A short notation for closed JSON Schemas.

A mapping is a closed object (`key?` may be missing, `*` is any key), a list holds at least one such
item, a tuple is an enumeration, a text is that constant; `Raw` is plain JSON Schema.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple


class Raw(NamedTuple):
    """A plain JSON Schema."""

    schema: dict[str, Any]


Shape = Raw | str | tuple[str, ...] | list[Any] | Mapping[str, Any]
TEXT = Raw({"type": "string", "minLength": 1})
PORT = Raw({"type": "integer", "minimum": 1, "maximum": 65535})
COUNT = Raw({"type": "integer", "minimum": 0})
URL = Raw({"type": "string", "pattern": "^https?://"})


def most(size: int, item: Shape) -> Raw:
    """A list of one to `size` items."""
    return Raw({"type": "array", "minItems": 1, "maxItems": size, "items": schema(item)})


def schema(shape: Shape) -> dict[str, Any]:
    """The JSON Schema of a shape."""
    if isinstance(shape, Raw):
        return shape.schema
    if isinstance(shape, str):
        return {"const": shape}
    if isinstance(shape, tuple):
        return {"enum": list(shape)}
    if isinstance(shape, list):
        return {"type": "array", "minItems": 1, "items": schema(shape[0])}
    named = {key: value for key, value in shape.items() if key != "*"}
    return {
        "type": "object",
        "properties": {key.rstrip("?"): schema(value) for key, value in named.items()},
        "required": sorted(key for key in named if not key.endswith("?")),
        "additionalProperties": schema(shape["*"]) if "*" in shape else False,
    }
