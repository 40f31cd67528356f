"""JSON Schemas (2020-12) of whole documents, for editors and other tools."""

from __future__ import annotations

from typing import Any

from compiler.model import KINDS, MANIFESTS
from compiler.model.base import NAME, Spec
from compiler.model.manifest import ADMISSION

_DIALECT = "https://json-schema.org/draft/2020-12/schema"


def document(kind: str) -> dict[str, Any]:
    """The schema of a document of one kind: its envelope and its spec."""
    cls = KINDS[kind]
    spec = cls.model_json_schema(ref_template=f"#/$defs/{kind}.{{model}}")
    inner = {f"{kind}.{name}": schema for name, schema in spec.pop("$defs", {}).items()}
    return {"$schema": _DIALECT, **_envelope(kind, cls, spec), "$defs": inner}


def every() -> dict[str, Any]:
    """One schema for a document of any kind; `kind` decides."""
    documents = [document(kind) for kind in KINDS]
    definitions = {
        name: inner for schema in documents for name, inner in schema.pop("$defs").items()
    }
    for schema in documents:
        del schema["$schema"]
        definitions[schema["title"]] = schema
    choices: list[dict[str, Any]] = [{"$ref": f"#/$defs/{kind}"} for kind in KINDS]
    choices.append(_foreign())
    return {"$schema": _DIALECT, "title": "Roster", "oneOf": choices, "$defs": definitions}


def _foreign() -> dict[str, Any]:
    """A Kubernetes object, which has its own schema."""
    return {
        "type": "object",
        "properties": {"apiVersion": {"const": ADMISSION}, "kind": {"enum": [*MANIFESTS]}},
        "required": ["apiVersion", "kind", "metadata", "spec"],
    }


def _envelope(kind: str, cls: type[Spec], spec: dict[str, Any]) -> dict[str, Any]:
    owner = {"type": "string", "minLength": 1, "description": "the team that owns it"}
    name = {"type": "string", "pattern": NAME, "description": "its name, unique for the kind"}
    metadata = {
        "type": "object",
        "description": "its name and owner",
        "properties": {"name": name, "owner": owner},
        "required": ["name"],
        "additionalProperties": False,
    }
    properties = {
        "apiVersion": {"const": "roster/v1", "description": "the version of the language"},
        "kind": {"const": kind, "description": "what the document describes"},
        "metadata": metadata,
        "spec": spec,
    }
    return {
        "title": kind,
        "description": (cls.__doc__ or "").strip(),
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }
