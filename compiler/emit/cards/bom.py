"""CycloneDX 1.7 documents about a subject: no time, and a serial number by content."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple
from uuid import NAMESPACE_URL, uuid5

from compiler.emit.format.json import dump
from compiler.model import Platform

SCHEMA = "http://cyclonedx.org/schema/bom-1.7.schema.json"
Part = dict[str, Any]
"""A component, a service or another piece of a BOM."""
_END = "\n}\n"


class Bom(NamedTuple):
    """A BOM as data, and as the text of its file."""

    content: Part
    text: str


def bom(
    platform: Platform,
    subject: Part,
    *,
    components: Iterable[Part] = (),
    services: Iterable[Part] = (),
    dependencies: Mapping[str, Iterable[str]],
    declared: Part | None = None,
) -> Bom:
    """A BOM about a subject; `declared` are its definitions and declarations.

    `dependencies` may name what is not listed here: only what is listed is kept.
    """
    parts, served = _by_ref(components), _by_ref(services)
    refs = {subject["bom-ref"], *(part["bom-ref"] for part in (*parts, *served))}
    content: Part = {
        "metadata": {
            "lifecycles": [{"phase": "design"}],
            "tools": {"components": [{"type": "application", "name": "roster"}]},
            "supplier": supplier(platform),
            "component": subject,
        },
        "components": parts,
        "services": served,
        "dependencies": [
            {"ref": ref, "dependsOn": sorted({target for target in targets if target in refs})}
            for ref, targets in sorted(dependencies.items())
            if ref in refs
        ],
        **(declared or {}),
    }
    content = {key: value for key, value in content.items() if value}
    text = dump(content)
    serial = uuid5(NAMESPACE_URL, f"https://{platform.domain}/{text}")
    head = {
        "$schema": SCHEMA,
        "bomFormat": "CycloneDX",
        "specVersion": "1.7",
        "serialNumber": f"urn:uuid:{serial}",
        "version": 1,
    }
    return Bom({**head, **content}, f"{dump(head).removesuffix(_END)},{text.removeprefix('{')}")


def supplier(platform: Platform) -> Part:
    """The organisation, as the supplier of what a BOM describes."""
    return {"name": platform.organisation, "url": [f"https://{platform.domain}"]}


def properties(pairs: Iterable[tuple[str, object]]) -> list[dict[str, str]]:
    """Properties in the project's namespace; a pair without a value is dropped."""
    return [
        {"name": f"roster:{name}", "value": _text(value)}
        for name, value in pairs
        if value is not None
    ]


def _text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _by_ref(parts: Iterable[Part]) -> list[Part]:
    """Each part once, by its reference."""
    by_ref = {part["bom-ref"]: part for part in parts}
    return [by_ref[ref] for ref in sorted(by_ref)]
