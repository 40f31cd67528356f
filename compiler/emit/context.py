"""The context spaces, as a laptop's context service reads them: who may do what in each."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from compiler.derive import Fleet
from compiler.derive.files import CONTEXT
from compiler.derive.quantity import seconds
from compiler.derive.stack import identity
from compiler.emit.format.json import dump
from compiler.file import File, Origin
from compiler.graph import Resource
from compiler.model import ContextSpace, Project

FOLDERS: tuple[str, ...] = ("context",)


def emit(fleet: Fleet) -> Iterator[File]:
    """`context/spaces.json`."""
    spaces = sorted(fleet.graph.all(ContextSpace), key=lambda space: space.name)
    content = {"version": 1, "spaces": {space.name: _space(fleet, space) for space in spaces}}
    origins = [Origin(f"spaces.{space.name}", space) for space in spaces]
    if spaces:
        whole = Origin("", fleet.platform_resource, ("contextStore",))
        yield File("context/spaces.json", dump(content), (whole, *origins))


def _space(fleet: Fleet, space: Resource[ContextSpace]) -> dict[str, Any]:
    """Readers and writers by identity: every agent of that name at work where the space is."""
    spec = space.spec
    homes = [
        project for project in fleet.graph.all(Project) if spec.project in (None, project.name)
    ]
    at_work = [(identity(p.name, str(m.agent)), str(m.agent)) for p in homes for m in p.spec.agents]
    priority = {str(writer.agent): writer.priority for writer in spec.writers}
    return {
        "description": spec.description,
        "readers": sorted(name for name, agent in at_work if agent in spec.readers),
        "writers": {name: priority[agent] for name, agent in sorted(at_work) if agent in priority},
        "ttl": seconds(spec.ttl),
        "conflict": spec.conflict,
        "redaction": list(spec.redaction),
        "dataClass": spec.dataClass,
        "schema": _schema(fleet, spec.schemaFile),
    }


def _schema(fleet: Fleet, file: str | None) -> Any:
    source = fleet.graph.texts.get(f"{CONTEXT}/{file}") if file else None
    return json.loads(source.text) if source else None
