"""Texts that are no objects of a cluster: YAML of one document."""

from __future__ import annotations

from compiler.parse import parse
from compiler.source import Source
from compiler.verify.artefacts import Malformed, Node


def yaml(text: str, path: str) -> Node:
    """The only document of a YAML text."""
    documents, diagnostics = parse(Source(path, text))
    if diagnostics or len(documents) != 1:
        reason = diagnostics[0].message if diagnostics else "it is not one document"
        raise Malformed(f"{path}: {reason}")
    return Node(documents[0].data, path)
