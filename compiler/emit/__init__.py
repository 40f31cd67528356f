"""The emitters. To add one: a file beside this one with FOLDERS and `emit`, and a line below."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Protocol

from compiler.derive import Fleet
from compiler.diagnostic import Diagnostic
from compiler.emit import (
    cards,
    clients,
    context,
    gateway,
    pm2,
    sbom,
    workflows,
)
from compiler.emit.clusters import (
    agentgateway,
    agentic_networking,
    argocd,
    envoy_ai_gateway,
    kagent,
    mesh,
    policies,
    rbac,
    scans,
    signatures,
    toolhive,
    workloads,
)
from compiler.emit.compliance import audit, checklist, codeowners, documents
from compiler.emit.format import template
from compiler.emit.format.template import RULES, Faults
from compiler.emit.registry import embeddings, seed
from compiler.file import File, Origin

__all__ = ["EMITTERS", "RULES", "Faults", "File", "Origin", "emit"]


class Emitter(Protocol):
    """An emitter is a module. It is total: a checked fleet can always be emitted."""

    FOLDERS: tuple[str, ...]

    def emit(self, fleet: Fleet) -> Iterator[File]: ...


EMITTERS: tuple[Emitter, ...] = (
    workloads,
    rbac,
    policies,
    signatures,
    scans,
    mesh,
    agentgateway,
    toolhive,
    agentic_networking,
    envoy_ai_gateway,
    kagent,
    gateway,
    clients,
    documents,
    pm2,
    context,
    workflows,
    seed,
    embeddings,
    codeowners,
    audit,
    checklist,
    cards,
    sbom,
)


def emit(fleet: Fleet, charts: Iterable[File] = ()) -> tuple[File, ...]:
    """Every file, sorted by path, with those of charts; Argo CD delivers the objects among them.

    Two files never share a path, even where the file system ignores case.

    Raises:
        Faults: the organisation's own templates of pages have mistakes.
    """
    files = {file.path.lower(): file for file in charts}
    template.check(fleet.graph)
    faults: list[Diagnostic] = []
    for emitter in EMITTERS:
        try:
            for file in emitter.emit(fleet):
                folder = file.path.partition("/")[0]
                assert folder in emitter.FOLDERS, f"{file.path} lies outside of {emitter.FOLDERS}"
                _add(files, file)
        except Faults as fault:
            faults += fault.diagnostics
    if faults:
        raise Faults(faults)
    for file in tuple(argocd.deliver(fleet, sorted(files.values(), key=_path))):
        _add(files, file)
    return tuple(sorted(files.values(), key=_path))


def _add(files: dict[str, File], file: File) -> None:
    assert file.path.lower() not in files, f"{file.path} is written twice"
    files[file.path.lower()] = file


def _path(file: File) -> str:
    return file.path
