"""The duties as an OSCAL catalog, and each system as a component with those that bind it.

Identifiers follow from names, and the date is that of the rules' review, so runs do not differ.
"""

from __future__ import annotations

from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from compiler.ai_act.applicability import applies
from compiler.ai_act.law import DUTIES, LAW, Duty
from compiler.ai_act.systems import System
from compiler.derive import Fleet
from compiler.emit.format.markdown import plain

_OSCAL = "1.2.1"
_ROOT = uuid5(NAMESPACE_URL, f"{LAW.citation} as amended by {LAW.amended}")


def catalog() -> dict[str, Any]:
    """Every duty as a control."""
    return {
        "catalog": {
            "uuid": _id("catalog"),
            "metadata": _metadata(f"Duties of the {LAW.name}, in our words"),
            "controls": [_control(duty) for duty in DUTIES],
        }
    }


def component_definition(fleet: Fleet) -> dict[str, Any]:
    """Every system as a component that refers to the catalog beside this file."""
    return {
        "component-definition": {
            "uuid": _id("component-definition"),
            "metadata": _metadata(f"AI systems under the {LAW.name}"),
            "components": [_component(fleet, system) for system in fleet.systems],
        }
    }


def _metadata(title: str) -> dict[str, Any]:
    return {
        "title": title,
        "last-modified": f"{LAW.reviewed}T00:00:00Z",
        "version": str(LAW.consolidated),
        "oscal-version": _OSCAL,
        "remarks": "Not legal advice: a record of what is answered, and where.",
    }


def _control(duty: Duty) -> dict[str, Any]:
    id = duty.id.lower()
    return {
        "id": id,
        "title": duty.article,
        "props": [
            {"name": "label", "value": duty.id},
            {
                "name": "applies-from",
                "ns": "https://roster.invalid/law",
                "value": str(duty.applies),
            },
        ],
        "parts": [{"id": f"{id}_smt", "name": "statement", "prose": duty.demand}],
    }


def _component(fleet: Fleet, system: System) -> dict[str, Any]:
    name, spec = system.project.name, system.project.spec
    bound = [duty for duty in DUTIES if system.binds(duty.subject)]
    return {
        "uuid": _id(f"component/{name}"),
        "type": "software",
        "title": plain(spec.displayName) or name,
        "description": plain(spec.description) or name,
        "control-implementations": [
            {
                "uuid": _id(f"implementation/{name}"),
                "source": "catalog.json",
                "description": f"The duties that bind a system of class {system.ai_class}.",
                "implemented-requirements": [
                    _requirement(name, duty)
                    for duty in bound
                    if duty.document != "fria" or applies(fleet.graph, system, duty)
                ],
            }
        ],
    }


def _requirement(project: str, duty: Duty) -> dict[str, Any]:
    index = duty.document in ("every page", "transparency")
    page = f"../{project}/{'README' if index else duty.document}.md"
    return {
        "uuid": _id(f"requirement/{project}/{duty.id}"),
        "control-id": duty.id.lower(),
        "description": "The document shows what is recorded and what is missing.",
        "links": [{"href": page, "rel": "reference"}],
    }


def _id(name: str) -> str:
    uuid: UUID = uuid5(_ROOT, name)
    return str(uuid)
