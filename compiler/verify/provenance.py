"""The statement of provenance, compared with the generated files and the inputs."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from compiler import statement
from compiler.verify.artefacts import Malformed, Node

_SHA256 = re.compile(r"[0-9a-f]{64}")
_FRAME = {
    "_type": statement.TYPE,
    "predicateType": statement.PREDICATE,
    "predicate.buildDefinition.buildType": statement.BUILD,
    "predicate.buildDefinition.externalParameters": statement.PARAMETERS,
    "predicate.runDetails.builder.id": statement.BUILDER,
}
_KEYS = {
    "": {"_type", "subject", "predicateType", "predicate"},
    "predicate": {"buildDefinition", "runDetails"},
    "predicate.buildDefinition": {"buildType", "externalParameters", "resolvedDependencies"},
    "predicate.runDetails": {"builder"},
    "predicate.runDetails.builder": {"id", "version", "builderDependencies"},
}


def check(
    text: str | None,
    outputs: Mapping[str, str],
    inputs: Mapping[str, str],
    compiler: Mapping[str, str],
) -> tuple[str, ...]:
    """The differences, each with its file; none if all is as stated.

    Args:
        text: the statement; None if there is none.
        outputs: the sha256 of all generated files by path, but for the statement itself; or a word
            such as "symlink" for what is not a regular file.
        inputs: the same for all inputs.
        compiler: its `sha256` and its `version`.
    """
    if text is None:
        return (f"{statement.PATH}: it is not there",)
    try:
        stated = Node(_value(text), statement.PATH)
        faults = [*_form(text, stated.value), *_frame(stated)]
        build, run = stated["predicate"]["buildDefinition"], stated["predicate"]["runDetails"]
        faults += _compare(stated["subject"], outputs)
        faults += _compare(build["resolvedDependencies"], inputs)
        faults += _compiler(run["builder"], compiler)
    except Malformed as wrong:
        return (str(wrong),)
    return tuple(faults)


def _value(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        raise Malformed(f"{statement.PATH}: it is no JSON") from None


def _form(text: str, value: Any) -> Iterator[str]:
    """The text must be canonical: keys are sorted and unique, and white space is fixed."""
    flat = text.replace('\n{"digest":', '{"digest":')
    breaks = text.count('{"digest":') + 1
    if flat != statement.canonical(value) + "\n" or text.count("\n") != breaks:
        yield f"{statement.PATH}: it is not in its canonical form"


def _frame(stated: Node) -> Iterator[str]:
    """The constant fields, and no fields beyond those of the form."""
    for route, value in _FRAME.items():
        if _at(stated, route).value != value:
            yield f"{statement.PATH}: `{route}` is not {json.dumps(value)}"
    for route, keys in _KEYS.items():
        for key in sorted(keys ^ set(_at(stated, route).names())):
            field = f"{route}.{key}" if route else key
            yield f"{statement.PATH}: `{field}` is {'missing' if key in keys else 'unknown'}"


def _at(node: Node, route: str) -> Node:
    for key in filter(None, route.split(".")):
        node = node[key]
    return node


def _compare(list: Node, have: Mapping[str, str]) -> Iterator[str]:
    """The stated files against those that exist."""
    stated: dict[str, str] = {}
    for entry in list.items():
        name, digest = entry["name"].text(), _sha256(entry)
        if digest is None:
            yield f"{name}: what is stated of it is not one sha256 of 64 hexadecimal digits"
        if name in stated:
            yield f"{name}: it is stated twice"
        stated[name] = digest or ""
    for name in sorted(stated.keys() | have.keys()):
        if name not in have:
            yield f"{name}: it is stated, but not there"
        elif name not in stated:
            yield f"{name}: it is there, but not stated"
        elif stated[name] and stated[name] != have[name]:
            yield f"{name}: it is not as stated"


def _sha256(entry: Node) -> str | None:
    """A descriptor's digest; None if it is none, or if more is said than name and digest."""
    digest = entry["digest"]["sha256"].text()
    whole = set(entry.names()) == {"name", "digest"} and entry["digest"].names() == ("sha256",)
    return digest if whole and _SHA256.fullmatch(digest) else None


def _compiler(builder: Node, have: Mapping[str, str]) -> Iterator[str]:
    yield from _compare(builder["builderDependencies"], {"compiler": have["sha256"]})
    if builder["version"].pairs() != {"roster": have["version"]}:
        yield f"{statement.PATH}: `version` is not that of this compiler, {have['version']}"
