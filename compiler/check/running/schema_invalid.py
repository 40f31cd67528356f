"""An invalid schema accepts or rejects every value when it is first used."""

from __future__ import annotations

import json
from collections.abc import Iterator

from compiler.derive import Fleet
from compiler.derive.files import schemas
from compiler.diagnostic import Diagnostic, Rule, Severity

RULE = Rule("schema-invalid", Severity.ERROR, "a file that should be a JSON Schema is not one")


def check(fleet: Fleet) -> Iterator[Diagnostic]:
    """Every schema that is not JSON, or not a JSON Schema (2020-12)."""
    for resource, route, folder, name in schemas(fleet.graph):
        source = fleet.graph.texts.get(f"{folder}/{name}")
        wrong = _wrong(source.text) if source is not None else ""
        if wrong:
            message = f"`{folder}/{name}` is not a JSON Schema: {wrong}"
            yield RULE.at(resource.at(*route), message, help="correct the file")


def _wrong(text: str) -> str:
    from jsonschema_rs import Draft202012Validator

    try:
        schema = json.loads(text)
        if not isinstance(schema, dict):
            return "it is not an object"
        Draft202012Validator(schema)
    except (ValueError, RecursionError) as error:
        return str(error).split("\n")[0]
    return ""
