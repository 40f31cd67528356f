"""Placeholder texts: what people write where they have no answer yet."""

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
    """Whether a text is a placeholder: `TBD`, `n/a`, `none known`, `...`, lorem ipsum."""
    bare = " ".join(text.strip(_EDGES).casefold().split())
    return bare in _WORDS or _STARTS.match(bare) is not None


def texts(part: object, route: Route = ()) -> Iterator[tuple[Route, str]]:
    """Every text in a spec or a part of it, with its route."""
    if isinstance(part, str):
        yield route, part
    elif isinstance(part, Model):
        for field in type(part).model_fields:
            yield from texts(getattr(part, field), (*route, field))
    elif isinstance(part, tuple):
        for index, entry in enumerate(part):
            yield from texts(entry, (*route, index))
    elif isinstance(part, Mapping):
        for key, value in part.items():
            yield from texts(value, (*route, key))
