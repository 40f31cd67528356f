"""The operators' own CRDs: most lie outside of a user's clone."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from compiler.admit.crds import Definitions

CRDS = Path(__file__).parents[2] / "shared" / "schemas" / "crds"
OURS = Path(__file__).parent / "definitions"


@cache
def definitions() -> Definitions:
    """All of them."""
    paths = (*sorted(CRDS.glob("*.yaml")), *sorted(OURS.glob("*.yaml")))
    texts = {path.name: path.read_text(encoding="utf-8") for path in paths}
    parsed, faults = Definitions.parse(texts)
    assert faults == ()
    return parsed


def defined(object: Mapping[str, Any]) -> bool:
    """Whether one of them defines the kind of an object."""
    return (object["apiVersion"], object["kind"]) in definitions().kinds


def refused(object: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The reasons why the CRD of an object refuses it; empty if it does not."""
    return list(definitions().refused(object))
