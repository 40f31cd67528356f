"""CycloneDX documents, judged by rules that their JSON Schema does not have."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from compiler.file import File

SUFFIX = ".cdx.json"
_REFERENCES = frozenset(
    [
        "ref",
        "dependsOn",
        "provides",
        "target",
        "evidence",
        "counterEvidence",
        "mitigationStrategies",
        "assessor",
        "requirement",
        "claims",
        "counterClaims",
        "parent",
        "assemblies",
    ]
)
"""Fields that hold references where they hold texts; some hold objects elsewhere."""
_OTHER_BOM = "urn:cdx:"

Place = tuple[str | int, ...]


def refused(files: Iterable[File]) -> Iterator[tuple[File, str, str]]:
    """The file, the field and the reason, for each mistake in a BOM."""
    for file in files:
        if file.path.endswith(SUFFIX):
            for place, why in faults(file.text):
                yield file, ".".join(map(str, place)), why


def faults(text: str) -> Iterator[tuple[Place, str]]:
    """Duplicate keys, references that are not unique or do not resolve, and model cards that are
    empty or not a model's."""
    if _sound(text):
        return
    twice: list[str] = []

    def object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        keys = [key for key, _ in pairs]
        twice.extend(key for at, key in enumerate(keys) if key in keys[:at])
        return dict(pairs)

    content = json.loads(text, object_pairs_hook=object)
    yield from (((), f"the key `{key}` occurs twice in an object") for key in twice)
    yield from _references(_fields(content, ()))
    yield from _cards(content, ())


def _sound(text: str) -> bool:
    """Whether there is no mistake: a quick check, as the places of mistakes are seldom needed."""
    names: list[str] = []
    targets: list[str] = []
    odd: list[bool] = []

    def object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        fields = dict(pairs)
        if "bom-ref" in fields:
            names.append(str(fields["bom-ref"]))
        if not _REFERENCES.isdisjoint(fields):
            targets.extend(
                target for key in _REFERENCES & fields.keys() for target in _texts(fields[key])
            )
        odd.append(len(fields) != len(pairs) or bool("modelCard" in fields and _misplaced(fields)))
        return fields

    json.loads(text, object_pairs_hook=object)
    unique = set(names)
    dangling = any(target not in unique and not target.startswith(_OTHER_BOM) for target in targets)
    return not (dangling or any(odd) or len(unique) < len(names))


def _fields(value: Any, place: Place) -> Iterator[tuple[Place, Any]]:
    """Every field of every object at and below a value, and where it is."""
    for key, inner in _inside(value):
        if isinstance(key, str):
            yield (*place, key), inner
        yield from _fields(inner, (*place, key))


def _references(fields: Iterable[tuple[Place, Any]]) -> Iterator[tuple[Place, str]]:
    some = list(fields)
    refs: set[str] = set()
    for place, value in some:
        if place[-1] == "bom-ref":
            if value in refs:
                yield place, f"`{value}` names another part already"
            refs.add(value)
    for place, value in some:
        for target in _texts(value) if place[-1] in _REFERENCES else ():
            if target not in refs and not target.startswith(_OTHER_BOM):
                yield place, f"no part is called `{target}`"


def _texts(value: Any) -> Iterator[str]:
    """A text, or those in a list."""
    values = value if isinstance(value, list) else [value]
    return (value for value in values if isinstance(value, str))


def _cards(value: Any, place: Place) -> Iterator[tuple[Place, str]]:
    if isinstance(value, dict) and "modelCard" in value:
        yield from (((*place, "modelCard"), why) for why in _misplaced(value))
    for key, inner in _inside(value):
        yield from _cards(inner, (*place, key))


def _misplaced(component: Mapping[str, Any]) -> list[str]:
    """Why a component cannot have its model card."""
    mistakes = []
    if component.get("type") != "machine-learning-model":
        mistakes.append(f"a component of type `{component.get('type')}` has no model card")
    if not component["modelCard"]:
        mistakes.append("the model card is empty")
    return mistakes


def _inside(value: Any) -> Iterable[tuple[str | int, Any]]:
    if isinstance(value, dict):
        return value.items()
    return enumerate(value) if isinstance(value, list) else ()
