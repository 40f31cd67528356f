"""The lock of images: the digest that a tag had when `roster lock` last ran.

If a spec names an image by tag alone, `decode` gives it the locked digest.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from compiler.diagnostic import Diagnostic, Rule, Severity
from compiler.graph import Graph
from compiler.model import Image, Locked
from compiler.model.base import Model
from compiler.source import Pos, Source, Span, top

PATH = "specs/lock.json"
INVALID = Rule("lock-invalid", Severity.ERROR, "the lock of images is broken")
RULES = (INVALID,)
_DIGEST, _IMAGE = re.compile(r"sha256:[0-9a-f]{64}"), re.compile(r"[!-~]+:[!-~]+")
_HELP = f"remove `{PATH}`, and run `roster lock`"


def read(source: Source | None) -> tuple[Locked, tuple[Diagnostic, ...]]:
    """The digests by `repository:tag`, and the mistakes; a broken lock has no digests."""
    if source is None:
        return {}, ()
    try:
        content = load(source)
    except Unread as error:
        return {}, (_broken(error.span, str(error)),)
    images = content.get("images") if isinstance(content, dict) else None
    if not isinstance(images, dict) or set(content) != {"version", "images"}:
        return {}, (_broken(top(source.path), "it holds more or less than `version` and `images`"),)
    if content["version"] != 1 or isinstance(content["version"], bool):
        return {}, (_broken(source.key("version"), "its version is not 1"),)
    for name, digest in images.items():
        if not _IMAGE.fullmatch(name):
            return {}, (_broken(source.key(name), f"{json.dumps(name)} is no image"),)
        if not isinstance(digest, str) or not _DIGEST.fullmatch(digest):
            return {}, (_broken(source.key(name), f"`{name}` has no digest"),)
    return images, ()


def dump(images: Locked) -> str:
    """The text of the lock."""
    content = {"version": 1, "images": dict(sorted(images.items()))}
    return json.dumps(content, indent=2, ensure_ascii=False) + "\n"


def wanted(graph: Graph) -> tuple[Image, ...]:
    """The images that have no digest in the specs, each once, sorted by name.

    The graph must have been read without a lock.
    """
    images = (image for node in graph.resources.values() for image in _images(node.spec))
    names = {str(image): image for image in images if image.digest is None}
    return tuple(names[name] for name in sorted(names))


def _images(value: object) -> Iterator[Image]:
    if isinstance(value, Image):
        yield value
    elif isinstance(value, Model):
        for name in type(value).model_fields:
            yield from _images(getattr(value, name))
    elif isinstance(value, tuple | list):
        for item in value:
            yield from _images(item)
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from _images(item)


class Unread(ValueError):  # noqa: N818 - it says why, and is not a bug
    """A text is not JSON, or not of the form that a lock has; `span` is the place."""

    def __init__(self, span: Span, why: str) -> None:
        super().__init__(why)
        self.span = span


def load(source: Source) -> Any:
    """The data of a text in JSON.

    Raises:
        Unread: it is not JSON, or has a duplicate key.
    """
    try:
        data = json.loads(
            source.text, object_pairs_hook=_without_duplicates, parse_constant=_refused
        )
        json.dumps(data, ensure_ascii=False).encode()  # fails on half of a surrogate pair
        return data
    except json.JSONDecodeError as error:
        pos = Pos(error.lineno, error.colno)
        why = f"this is no JSON: {error.msg}"
        raise Unread(Span(source.path, pos, pos), why) from None
    except (ValueError, RecursionError) as error:
        twice = str(error) if isinstance(error, _TwiceError) else "this is JSON that cannot be read"
        raise Unread(top(source.path), twice) from None


class _TwiceError(ValueError):
    """A key that is there twice, as after a merge."""


def _refused(constant: str) -> object:
    raise ValueError(f"{constant} is no JSON")


def _without_duplicates(pairs: list[tuple[str, object]]) -> dict[str, object]:
    result: dict[str, object] = {}
    for key, value in pairs:
        if key in result:
            raise _TwiceError(f"{json.dumps(key)} is there twice")
        result[key] = value
    return result


def _broken(span: Span, why: str) -> Diagnostic:
    return INVALID.at(span, f"`{PATH}` is broken: {why}", help=_HELP)
