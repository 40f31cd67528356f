"""Texts that say nothing: what people write where they have no answer yet."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from compiler.model.base import Model
from compiler.source import Route

_WORDS = frozenset(
    ("tbd", "tba", "tbc", "todo", "to do", "fixme", "n/a", "na", "n.a", "not applicable", "none",
     "none known", "none yet", "no known", "not known", "unknown", "nil", "null", "nothing",
     "to be defined", "to be determined", "to be done", "to be decided", "to be confirmed",
     "placeholder", "see above", "")
)  # fmt: skip
_STARTS = re.compile(r"(tbd|tba|tbc|todo|fixme|lorem ipsum)\b|lorem\b|x{3,}$", re.IGNORECASE)
_EDGES = " \t\r\n.…,;:!?-–—_*<>()[]{}\"'"


def placeholder(text: str) -> bool:
    """Whether a text stands in for an answer: `TBD`, `n/a`, `none known`, `...`, lorem ipsum."""
    bare = " ".join(text.strip(_EDGES).casefold().split())
    return bare in _WORDS or _STARTS.match(bare) is not None


def texts(found: object, route: Route = ()) -> Iterator[tuple[Route, str]]:
    """Every text in a spec or a part of it, with the place where it stands."""
    if isinstance(found, str):
        yield route, found
    elif isinstance(found, Model):
        for field in type(found).model_fields:
            yield from texts(getattr(found, field), (*route, field))
    elif isinstance(found, tuple):
        for index, one in enumerate(found):
            yield from texts(one, (*route, index))
    elif isinstance(found, Mapping):
        for key, one in found.items():
            yield from texts(one, (*route, key))
