"""Components: folders of a cluster's objects, each of which one Argo CD Application syncs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from compiler.derive import Fleet
from compiler.emit.format.kubernetes.labels import MANAGED, PART_OF
from compiler.emit.format.kubernetes.objects import group, shortened
from compiler.file import File, Origin
from compiler.graph import Resource
from compiler.model import Cluster, Project

SYNC = "argocd-sync"
"""The ServiceAccount that Argo CD impersonates in a namespace while it syncs."""
LABELS = {PART_OF: "argocd", **MANAGED}
"""The labels of what belongs to Argo CD itself."""
Kind = tuple[str, str]
"""API group and kind."""


@dataclass(frozen=True, slots=True, eq=False)
class Component:
    """The files of one Application, and the project that they belong to."""

    cluster: Resource[Cluster]
    project: Resource[Project] | None
    name: str
    folder: str
    files: tuple[File, ...]

    @property
    def application(self) -> str:
        """The name of its Application."""
        home = self.project.name if self.project else "platform"
        parts = (self.cluster.name, *(() if self.name == "namespaces" else (home,)), self.name)
        return shortened(".".join(parts))

    @property
    def namespaces(self) -> tuple[str, ...]:
        """Where its objects lie."""
        spaces = {_meta(file).get("namespace") for file in self.files}
        return tuple(sorted(space for space in spaces if space is not None))

    @property
    def wide(self) -> bool:
        """Whether its sync needs an account of the whole cluster: not all lies in one namespace."""
        return len(self.namespaces) != 1 or any(not namespaced(file) for file in self.files)

    @property
    def origins(self) -> tuple[Origin, ...]:
        """What it comes from."""
        firsts = (file.origins[0]._replace(field="") for file in self.files)
        return tuple(dict.fromkeys(firsts))


def _meta(file: File) -> Mapping[str, Any]:
    assert file.object is not None, file.path
    metadata: Mapping[str, Any] = file.object["metadata"]
    return metadata


def namespaced(file: File) -> bool:
    """Whether its object lies in a namespace."""
    return "namespace" in _meta(file)


def kind(file: File) -> Kind:
    """The group and kind of its object."""
    assert file.object is not None, file.path
    return group(file.object["apiVersion"]), file.object["kind"]


def kinds(files: Iterable[File]) -> list[Kind]:
    """Their groups and kinds, each once, sorted."""
    return sorted({kind(file) for file in files})


def components(fleet: Fleet, files: Iterable[File]) -> Iterator[Component]:
    """The components that files below clusters/ make up, sorted by folder."""
    folders: dict[str, list[File]] = {}
    for file in files:
        if file.object is not None:
            folders.setdefault(_folder(file.path), []).append(file)
    for folder, some in sorted(folders.items()):
        _, cluster, part, *rest = folder.split("/")
        project = fleet.graph.get(Project, rest[0]) if part == "projects" else None
        name = rest[-1] if rest else part
        yield Component(fleet.graph.get(Cluster, cluster), project, name, folder, tuple(some))


def _folder(path: str) -> str:
    parts = path.split("/")
    depth = {"namespaces": 3, "platform": 4, "projects": 5}[parts[2]]
    return "/".join(parts[:depth])
