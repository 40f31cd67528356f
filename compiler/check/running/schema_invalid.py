"""A schema that is none refuses nothing, or everything, when the first value meets it."""

from __future__ import annotations

import json
from collections.abc import Iterator

from compiler.derive import Fleet
from compiler.derive.files import schemas
from compiler.diagnostic import Diagnostic, Rule, Severity

RULE = Rule("schema-invalid", Severity.ERROR, "a file that should be a JSON Schema is none")


def check(fleet: Fleet) -> Iterator[Diagnostic]:
    """Every named schema that is no JSON, or no JSON Schema (2020-12)."""
    for resource, route, folder, name in schemas(fleet.graph):
        source = fleet.graph.texts.get(f"{folder}/{name}")
        wrong = _wrong(source.text) if source is not None else ""
        if wrong:
            message = f"`{folder}/{name}` is no JSON Schema: {wrong}"
            yield RULE.at(resource.at(*route), message, help="correct the file")


def _wrong(text: str) -> str:
    from jsonschema_rs import Draft202012Validator

    try:
        schema = json.loads(text)
        if not isinstance(schema, dict):
            return "it is no object"
        Draft202012Validator(schema)
    except (ValueError, RecursionError) as error:
        return str(error).split("\n")[0]
    return ""
