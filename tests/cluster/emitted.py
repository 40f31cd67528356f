"""The objects below `generated/clusters/<cluster>/`, with the bytes of their files."""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

import yaml

Identity = tuple[str, str, str, str]
"""API group, kind, namespace and name."""


class Emitted(NamedTuple):
    """One file and its object."""

    path: Path
    text: bytes
    object: dict[str, Any]

    @property
    def identity(self) -> Identity:
        """What identifies the object in its cluster."""
        return identity(self.object)

    @property
    def kind(self) -> tuple[str, str]:
        """Its apiVersion and kind."""
        return self.object["apiVersion"], self.object["kind"]


def identity(object: dict[str, Any]) -> Identity:
    """What identifies any object in its cluster."""
    meta = object["metadata"]
    group = object["apiVersion"].rpartition("/")[0]
    return group, object["kind"], meta.get("namespace", ""), meta["name"]


def read(folder: Path) -> list[Emitted]:
    """Every object below a folder, sorted by path."""
    emitted = []
    for path in sorted(folder.rglob("*.yaml")):
        text = path.read_bytes()
        emitted.append(Emitted(path, text, yaml.load(text, yaml.CSafeLoader)))
    return emitted
