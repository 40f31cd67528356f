"""The emitters. To add one: a file beside this one, and a line below. Each owns a folder NAME."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

from compiler.derive import Fleet
from compiler.emit import kubernetes, pm2, registry
from compiler.emit.file import File, Origin

__all__ = ["EMITTERS", "File", "Origin", "emit"]


class Emitter(Protocol):
    """An emitter is a module. It is total: a checked fleet can always be emitted."""

    NAME: str

    def emit(self, fleet: Fleet) -> Iterator[File]: ...


EMITTERS: tuple[Emitter, ...] = (
    kubernetes,
    pm2,
    registry,
)


def emit(fleet: Fleet) -> tuple[File, ...]:
    """Every file, sorted by path. Two files never share a path, whatever the file system."""
    files: dict[str, File] = {}
    for emitter in EMITTERS:
        for file in emitter.emit(fleet):
            assert file.path.startswith(f"{emitter.NAME}/"), f"{file.path} is not {emitter.NAME}'s"
            assert file.path.lower() not in files, f"{file.path} is written twice"
            files[file.path.lower()] = file
    return tuple(sorted(files.values(), key=lambda file: file.path))
