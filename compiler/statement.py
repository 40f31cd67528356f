"""A statement of what was made from what, and by whom: in-toto's form around SLSA's provenance.

It has no time and no machine in it, so that the same input gives the same bytes.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

PATH = "provenance.json"
"""Where it lies in the folder that it speaks of."""

TYPE = "https://in-toto.io/Statement/v1"
PREDICATE = "https://slsa.dev/provenance/v1"
BUILD = "urn:roster:compile:v1"
BUILDER = "urn:roster:compiler"
PARAMETERS = {"folders": ["specs", "projects", "policies"]}
"""What a compilation is told from outside: the folders that it reads."""


def canonical(value: Any) -> str:
    """The one text of a value, as RFC 8785 has it for keys of ASCII and no numbers."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def text(value: Any) -> str:
    """That text, with a line for each descriptor that has a digest, so that a diff is a list.

    The mark of a descriptor cannot stand in a string, where quotation marks are escaped.
    """
    return canonical(value).replace('{"digest":', '\n{"digest":') + "\n"


def descriptors(digests: Mapping[str, str]) -> list[dict[str, Any]]:
    """Files with their sha256, in the order of their names."""
    return [{"name": name, "digest": {"sha256": digests[name]}} for name in sorted(digests)]
