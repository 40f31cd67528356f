"""CycloneDX documents, judged by what their JSON Schema does not say: it takes all of these."""

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
    """A key that stands twice, a reference that is not unique or leads nowhere, a card that is
    empty or not a model's."""
    if _sound(text):
        return
    twice: list[str] = []

    def object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        keys = [key for key, _ in pairs]
        twice.extend(key for at, key in enumerate(keys) if key in keys[:at])
        return dict(pairs)

    content = json.loads(text, object_pairs_hook=object)
    yield from (((), f"the key `{key}` stands twice in an object") for key in twice)
    yield from _references(_fields(content, ()))
    yield from _cards(content, ())


def _sound(text: str) -> bool:
    """Whether nothing is wrong: most BOMs are read once, and no place in them is needed."""
    names: list[str] = []
    targets: list[str] = []
    odd: list[bool] = []

    def object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        if "bom-ref" in found:
            names.append(str(found["bom-ref"]))
        if not _REFERENCES.isdisjoint(found):
            targets.extend(one for key in _REFERENCES & found.keys() for one in _texts(found[key]))
        odd.append(len(found) != len(pairs) or bool("modelCard" in found and _misplaced(found)))
        return found

    json.loads(text, object_pairs_hook=object)
    known = set(names)
    strange = any(one not in known and not one.startswith(_OTHER_BOM) for one in targets)
    return not (strange or any(odd) or len(known) < len(names))


def _fields(value: Any, place: Place) -> Iterator[tuple[Place, Any]]:
    """Every field of every object at and below a value, and where it is."""
    for key, inner in _inside(value):
        if isinstance(key, str):
            yield (*place, key), inner
        yield from _fields(inner, (*place, key))


def _references(fields: Iterable[tuple[Place, Any]]) -> Iterator[tuple[Place, str]]:
    some = list(fields)
    known: set[str] = set()
    for place, value in some:
        if place[-1] == "bom-ref":
            if value in known:
                yield place, f"`{value}` names another part already"
            known.add(value)
    for place, value in some:
        for target in _texts(value) if place[-1] in _REFERENCES else ():
            if target not in known and not target.startswith(_OTHER_BOM):
                yield place, f"no part is called `{target}`"


def _texts(value: Any) -> Iterator[str]:
    """A text, or those in a list."""
    values = value if isinstance(value, list) else [value]
    return (one for one in values if isinstance(one, str))


def _cards(value: Any, place: Place) -> Iterator[tuple[Place, str]]:
    if isinstance(value, dict) and "modelCard" in value:
        yield from (((*place, "modelCard"), why) for why in _misplaced(value))
    for key, inner in _inside(value):
        yield from _cards(inner, (*place, key))


def _misplaced(component: Mapping[str, Any]) -> list[str]:
    """What is wrong with having this model card."""
    found = []
    if component.get("type") != "machine-learning-model":
        found.append(f"a component of type `{component.get('type')}` has no model card")
    if not component["modelCard"]:
        found.append("the model card is empty")
    return found


def _inside(value: Any) -> Iterable[tuple[str | int, Any]]:
    if isinstance(value, dict):
        return value.items()
    return enumerate(value) if isinstance(value, list) else ()
