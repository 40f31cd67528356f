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
"""The formats that Kubernetes defines in another way than JSON Schema."""
_FREE = "x-kubernetes-preserve-unknown-fields"


def closed(schema: Schema) -> dict[str, Any]:
    """The JSON Schema of a whole object; its metadata has only the fields that people may set."""
    result = _closed(schema)
    result["properties"] = {**result.get("properties", {}), **_OBJECT}
    result["required"] = sorted({*result.get("required", ()), "apiVersion", "kind", "metadata"})
    return result


def pruned(schema: Schema, value: Any) -> Any:
    """A value without the nulls of fields that cannot be null: the API server drops those first."""
    if isinstance(value, list):
        return [pruned(schema.get("items", {}), item) for item in value]
    if not isinstance(value, dict):
        return value
    properties = schema.get("properties", {})
    others = schema.get("additionalProperties")
    inner = {key: properties.get(key, others) for key in value}
    return {
        key: pruned(inner[key], item) if isinstance(inner[key], Mapping) else item
        for key, item in value.items()
        if item is not None or not isinstance(inner[key], Mapping) or inner[key].get("nullable")
    }


def _closed(schema: Schema) -> dict[str, Any]:
    result = _conditions(schema)
    kind = schema.get("type")
    if schema.get("x-kubernetes-int-or-string"):
        kind = ["integer", "string"]
    if schema.get("nullable") and kind:
        kind = [*([kind] if isinstance(kind, str) else kind), "null"]
    if kind:
        result["type"] = kind
    if "items" in schema:
        result["items"] = _closed(schema["items"])
    if schema.get("type") == "object" or "properties" in schema:
        result |= _fields(schema)
    return result


def _fields(schema: Schema) -> dict[str, Any]:
    fields = {name: _closed(inner) for name, inner in schema.get("properties", {}).items()}
    result: dict[str, Any] = {"properties": fields}
    if schema.get("x-kubernetes-embedded-resource"):
        result["properties"] = {**fields, **_OBJECT}
        result["required"] = sorted({*schema.get("required", ()), "apiVersion", "kind"})
    others = schema.get("additionalProperties", False)
    if schema.get(_FREE):
        others = True
    result["additionalProperties"] = _closed(others) if isinstance(others, Mapping) else others
    return result


def _conditions(schema: Schema) -> dict[str, Any]:
    """What a schema demands of values; below allOf, anyOf, oneOf and not, objects stay open."""
    result = {key: _listed(schema[key]) for key in _SAME if key in schema}
    for key, strict in (("minimum", "exclusiveMinimum"), ("maximum", "exclusiveMaximum")):
        if key in schema:
            result[strict if schema.get(strict) else key] = schema[key]
    if bound := _BOUNDS.get(schema.get("format", "")):
        result.setdefault("minimum", -bound)
        result.setdefault("maximum", bound - 1)
    for key in ("allOf", "anyOf", "oneOf"):
        if key in schema:
            result[key] = [_open(inner) for inner in schema[key]]
    if "not" in schema:
        result["not"] = _open(schema["not"])
    return result


def _open(schema: Schema) -> dict[str, Any]:
    """A condition below allOf, anyOf, oneOf or not."""
    result = _conditions(schema)
    if "type" in schema:
        result["type"] = schema["type"]
    if "items" in schema:
        result["items"] = _open(schema["items"])
    if "properties" in schema:
        result["properties"] = {name: _open(inner) for name, inner in schema["properties"].items()}
    return result


def _listed(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value
