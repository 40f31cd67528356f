"""Versions: ids of models that name exactly one, and versions that have an order."""

from __future__ import annotations

import re

_EXACT = re.compile(
    r"(?<!\d)(20\d{6}|20\d{2}-\d{2}-\d{2}|20\d{2}-\d{2})(?!\d)"  # a date
    r"|-v\d+:\d+$"  # Bedrock's version
    r"|@sha256:"
    # Anthropic: since generation 4.6 an id without a date names one version
    r"|claude-[a-z]+-(4-[6-9]|[5-9](-\d)?)(-v\d+)?$"
    r"|-\d{3,4}$"  # Google, OpenAI and Mistral number their versions
)
_SEMANTIC = re.compile(
    r"(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(-[0-9A-Za-z.-]+)?(\+[0-9A-Za-z.-]+)?"
)


def exact(model: str) -> bool:
    """Whether the id of a language model names one version, and is no alias."""
    return _EXACT.search(model) is not None


def semantic(version: str) -> tuple[int, int, int] | None:
    """Major, minor and patch of a semantic version, or None where it is none."""
    match = _SEMANTIC.fullmatch(version)
    return (int(match[1]), int(match[2]), int(match[3])) if match else None
