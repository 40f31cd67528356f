"""The texts that need a vector, for the program that computes vectors (stack/embeddings)."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.derive import Fleet
from compiler.derive.embeddings import described, digest, text, wanted
from compiler.emit.format.json import dump
from compiler.file import File, Origin

FOLDERS: tuple[str, ...] = ("registry",)


def emit(fleet: Fleet) -> Iterator[File]:
    """`registry/texts.json`, where the registry is searched by meaning."""
    texts = wanted(fleet)
    if not texts:
        return
    whole = Origin("", fleet.platform_resource, ("registry", "embedding"))
    agents = (Origin(digest(text(a.spec)), a, ("purpose",)) for a in described(fleet))
    yield File("registry/texts.json", dump(texts), (whole, *agents))
