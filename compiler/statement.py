"""The form of the statement of provenance: SLSA's provenance in an in-toto statement.

It names no time and no machine, so that the same input gives the same bytes.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

PATH = "provenance.json"
"""Its path below the folder that it describes."""

TYPE = "https://in-toto.io/Statement/v1"
PREDICATE = "https://slsa.dev/provenance/v1"
BUILD = "urn:roster:compile:v1"
BUILDER = "urn:roster:compiler"
PARAMETERS = {"folders": ["specs", "projects", "policies"]}
"""The parameters of a compilation: the folders that it reads."""


def canonical(value: Any) -> str:
    """The canonical JSON of a value (RFC 8785, for ASCII keys and no numbers)."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def text(value: Any) -> str:
    """Canonical JSON with a line for each descriptor that has a digest, so that a diff is a list.

    The searched text cannot occur in a string, where quotation marks are escaped.
    """
    return canonical(value).replace('{"digest":', '\n{"digest":') + "\n"


def descriptors(digests: Mapping[str, str]) -> list[dict[str, Any]]:
    """Descriptors of files by their SHA-256, sorted by name."""
    return [{"name": name, "digest": {"sha256": digests[name]}} for name in sorted(digests)]
