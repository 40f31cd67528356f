"""The emitters. To add one: a file beside this one, and a line below. Each writes below its
FOLDERS."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

from compiler.derive import Fleet
from compiler.emit import (
    agentgateway,
    clients,
    kagent,
    kubernetes,
    laptop,
    mcproute,
    mesh,
    pm2,
    rbac,
    registry,
    toolhive,
    xaccess,
)
from compiler.emit.file import File, Origin

__all__ = ["EMITTERS", "File", "Origin", "emit"]


class Emitter(Protocol):
    """An emitter is a module. It is total: a checked fleet can always be emitted."""

    FOLDERS: tuple[str, ...]

    def emit(self, fleet: Fleet) -> Iterator[File]: ...


EMITTERS: tuple[Emitter, ...] = (
    kubernetes,
    rbac,
    mesh,
    agentgateway,
    toolhive,
    xaccess,
    mcproute,
    kagent,
    laptop,
    clients,
    pm2,
    registry,
)


def emit(fleet: Fleet) -> tuple[File, ...]:
    """Every file, sorted by path. Two files never share a path, whatever the file system."""
    files: dict[str, File] = {}
    for emitter in EMITTERS:
        for file in emitter.emit(fleet):
            folder = file.path.partition("/")[0]
            assert folder in emitter.FOLDERS, f"{file.path} lies outside of {emitter.FOLDERS}"
            assert file.path.lower() not in files, f"{file.path} is written twice"
            files[file.path.lower()] = file
    return tuple(sorted(files.values(), key=lambda file: file.path))
