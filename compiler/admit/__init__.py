"""Files to Diagnostics: every Kubernetes object judged by the schema of its kind and version.

The schemas are those that come with kubernetes-validate, in their strict form (an unknown field is
an error), compiled once by jsonschema-rs; custom resources have a closed schema of our own.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from compiler.admit.schemas import validators
from compiler.diagnostic import Diagnostic, Rule, Severity
from compiler.emit.file import File

INVALID = Rule("object-invalid", Severity.ERROR, "a cluster would refuse a generated object")
UNKNOWN = Rule("object-unknown", Severity.ERROR, "there is no schema for a generated object")
RULES = (INVALID, UNKNOWN)


def admit(files: Iterable[File]) -> tuple[Diagnostic, ...]:
    """What clusters would refuse, at the spec lines that it came from."""
    groups: dict[str, dict[tuple[str, str], list[tuple[File, Mapping[str, Any]]]]] = {}
    for file in files:
        if file.object is not None:
            kind = (file.object["apiVersion"], file.object["kind"])
            of_version = groups.setdefault(file.kubernetes, {})
            of_version.setdefault(kind, []).append((file, file.object))
    return tuple(found for version in groups for found in _version(version, groups[version]))


def _version(
    version: str, kinds: Mapping[tuple[str, str], list[tuple[File, Mapping[str, Any]]]]
) -> Iterator[Diagnostic]:
    known = validators(version, frozenset(kinds))
    for kind, objects in kinds.items():
        validator = known.get(kind)
        valid: set[str] = set()  # clusters hold many equal objects
        for file, object in objects:
            if file.text in valid:
                continue
            span = file.origins[0].span
            if validator is None:
                message = f"`{file.path}`: Kubernetes {version} has no {kind[1]} in {kind[0]}"
                yield UNKNOWN.at(span, message)
            elif not validator.is_valid(object):
                error = next(iter(validator.iter_errors(object)))
                where = ".".join(map(str, error.instance_path)) or "the object"
                yield INVALID.at(span, f"`{file.path}`: {where}: {error.message}")
            else:
                valid.add(file.text)
