"""JSON Schemas of Kubernetes' own kinds: loaded once, reduced to what is asked for, compiled."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any, cast

from compiler.admit.custom import SPECS, document

_PREFIX = "/api/_definitions.json"


@lru_cache(maxsize=16)
def validators(version: str, kinds: frozenset[tuple[str, str]]) -> Mapping[tuple[str, str], Any]:
    """A compiled validator for each (apiVersion, kind) that has a schema."""
    from jsonschema_rs import Draft202012Validator

    compiled = {kind: Draft202012Validator(document(kind)) for kind in kinds & SPECS.keys()}
    definitions = _definitions(version)
    for kind, name in _names(definitions):
        if kind in kinds:
            schema = {"$ref": f"#/$defs/{name}", "$defs": _closure(definitions, name)}
            compiled[kind] = Draft202012Validator(schema)
    return compiled


def _definitions(version: str) -> Mapping[str, Any]:
    package = find_spec("kubernetes_validate")
    assert package is not None and package.origin is not None, "kubernetes-validate is a dependency"
    folder = Path(package.origin).parent / "kubernetes-json-schema" / f"v{version}.0-local-strict"
    text = (folder / "_definitions.json").read_text(encoding="utf-8").replace(_PREFIX, "")
    return cast("Mapping[str, Any]", json.loads(text)["$defs"])


def _names(definitions: Mapping[str, Any]) -> Iterator[tuple[tuple[str, str], str]]:
    """The kinds that can be written down, and the definition of each."""
    for name, schema in definitions.items():
        for kind in schema.get("x-kubernetes-group-version-kind", ()):
            group, version = kind["group"], kind["version"]
            yield (f"{group}/{version}" if group else version, kind["kind"]), name


def _closure(definitions: Mapping[str, Any], name: str) -> dict[str, Any]:
    """A definition, and all that it refers to; the whole file would take as long as all objects."""
    needed: dict[str, Any] = {}
    names = {name}
    while names - needed.keys():
        for name in names - needed.keys():
            needed[name] = definitions[name]
            names = names | set(_refs(definitions[name]))
    return needed


def _refs(schema: Any) -> Iterator[str]:
    if isinstance(schema, dict):
        reference = schema.get("$ref")
        if isinstance(reference, str):
            yield reference.rpartition("/")[2]
        for part in schema.values():
            yield from _refs(part)
    elif isinstance(schema, list):
        for part in schema:
            yield from _refs(part)
