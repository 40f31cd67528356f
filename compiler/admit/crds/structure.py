"""Structural schemas of CRDs to JSON Schema, closed as the API server's strict mode is.

Source of the rules: "Extend the Kubernetes API with CustomResourceDefinitions", Kubernetes 1.36.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

Schema = Mapping[str, Any]
_TEXT = {"type": "string"}
_FLAG = {"type": "boolean"}
_TEXTS = {"type": "object", "additionalProperties": _TEXT}
_OWNER = {
    "type": "object",
    "properties": {
        **dict.fromkeys(("apiVersion", "kind", "name", "uid"), _TEXT),
        **dict.fromkeys(("controller", "blockOwnerDeletion"), _FLAG),
    },
    "required": ["apiVersion", "kind", "name", "uid"],
    "additionalProperties": False,
}
_METADATA = {
    "type": "object",
    "properties": {
        **dict.fromkeys(("name", "generateName", "namespace"), _TEXT),
        **dict.fromkeys(("labels", "annotations"), _TEXTS),
        "finalizers": {"type": "array", "items": _TEXT},
        "ownerReferences": {"type": "array", "items": _OWNER},
    },
    "additionalProperties": False,
}
_OBJECT = {"apiVersion": _TEXT, "kind": _TEXT, "metadata": _METADATA}
_BOUNDS = {"int32": 2**31, "int64": 2**63}
_SAME = (
    "pattern", "maxLength", "minLength", "maxItems", "minItems", "uniqueItems", "maxProperties",
    "minProperties", "multipleOf", "required", "format", "enum",
)  # fmt: skip
_DURATION = re.compile(
    r"[+-]?(0|(([0-9]+(\.[0-9]*)?|\.[0-9]+) ?(nano|micro|milli|ns|us|µs|ms|[smhdw])[a-z]*)( |$)?)+"
)
_BASE64 = re.compile(r"([A-Za-z0-9+/]{4})*([A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?")
FORMATS = {
    "duration": lambda text: _DURATION.fullmatch(text) is not None,
    "byte": lambda text: _BASE64.fullmatch(text) is not None,
    "uri": lambda text: text.startswith("/") or "://" in text,
}
"""The formats that Kubernetes understands otherwise than JSON Schema does."""
_FREE = "x-kubernetes-preserve-unknown-fields"


def closed(schema: Schema) -> dict[str, Any]:
    """The JSON Schema of a whole object: of metadata it knows just what people may write."""
    found = _closed(schema)
    found["properties"] = {**found.get("properties", {}), **_OBJECT}
    found["required"] = sorted({*found.get("required", ()), "apiVersion", "kind", "metadata"})
    return found


def pruned(schema: Schema, value: Any) -> Any:
    """A value without the nulls of fields that cannot be null: the API server drops those first."""
    if isinstance(value, list):
        return [pruned(schema.get("items", {}), item) for item in value]
    if not isinstance(value, dict):
        return value
    known = schema.get("properties", {})
    others = schema.get("additionalProperties")
    inner = {key: known.get(key, others) for key in value}
    return {
        key: pruned(inner[key], item) if isinstance(inner[key], Mapping) else item
        for key, item in value.items()
        if item is not None or not isinstance(inner[key], Mapping) or inner[key].get("nullable")
    }


def _closed(schema: Schema) -> dict[str, Any]:
    found = _conditions(schema)
    kind = schema.get("type")
    if schema.get("x-kubernetes-int-or-string"):
        kind = ["integer", "string"]
    if schema.get("nullable") and kind:
        kind = [*([kind] if isinstance(kind, str) else kind), "null"]
    if kind:
        found["type"] = kind
    if "items" in schema:
        found["items"] = _closed(schema["items"])
    if schema.get("type") == "object" or "properties" in schema:
        found |= _fields(schema)
    return found


def _fields(schema: Schema) -> dict[str, Any]:
    fields = {name: _closed(inner) for name, inner in schema.get("properties", {}).items()}
    found: dict[str, Any] = {"properties": fields}
    if schema.get("x-kubernetes-embedded-resource"):
        found["properties"] = {**fields, **_OBJECT}
        found["required"] = sorted({*schema.get("required", ()), "apiVersion", "kind"})
    others = schema.get("additionalProperties", False)
    if schema.get(_FREE):
        others = True
    found["additionalProperties"] = _closed(others) if isinstance(others, Mapping) else others
    return found


def _conditions(schema: Schema) -> dict[str, Any]:
    """What a schema says about values; below allOf and its like nothing is closed."""
    found = {key: _listed(schema[key]) for key in _SAME if key in schema}
    for key, strict in (("minimum", "exclusiveMinimum"), ("maximum", "exclusiveMaximum")):
        if key in schema:
            found[strict if schema.get(strict) else key] = schema[key]
    if bound := _BOUNDS.get(schema.get("format", "")):
        found.setdefault("minimum", -bound)
        found.setdefault("maximum", bound - 1)
    for key in ("allOf", "anyOf", "oneOf"):
        if key in schema:
            found[key] = [_open(inner) for inner in schema[key]]
    if "not" in schema:
        found["not"] = _open(schema["not"])
    return found


def _open(schema: Schema) -> dict[str, Any]:
    """A condition below allOf, anyOf, oneOf or not."""
    found = _conditions(schema)
    if "type" in schema:
        found["type"] = schema["type"]
    if "items" in schema:
        found["items"] = _open(schema["items"])
    if "properties" in schema:
        found["properties"] = {name: _open(inner) for name, inner in schema["properties"].items()}
    return found


def _listed(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value
