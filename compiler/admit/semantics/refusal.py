"""What validators return, and how they read objects: a part of the wrong type counts as absent."""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Iterator, Mapping
from typing import Any, NamedTuple


class Refusal(NamedTuple):
    """One reason for which an API server refuses an object."""

    field: str  # as the server writes it: `spec.containers[0].ports[1].name`
    message: str  # lower case, no full stop


Object = Mapping[str, Any]
Refusals = Iterator[Refusal]
Validator = Callable[[Object, str], Refusals]  # judges a part of an object; the text is its field
Fault = Callable[[str], str]  # what is wrong with a text, or nothing


def accept_any(part: Object, at: str) -> Refusals:  # noqa: ARG001 - the signature of a Validator
    """Accept a part in which nothing can be wrong."""
    yield from ()


def mapping(value: Any) -> Object:
    """The mapping, or an empty one."""
    return value if isinstance(value, dict) else {}


def text(value: Any) -> str:
    """The text, or an empty one."""
    return value if isinstance(value, str) else ""


def whole(value: Any) -> int | None:
    """The whole number, which true and false are not."""
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def items(value: Any, at: str) -> Iterator[tuple[str, Object]]:
    """The mappings in a list, each with its field."""
    if isinstance(value, list):
        for index, item in enumerate(value):
            if isinstance(item, dict):
                yield f"{at}[{index}]", item


def texts(value: Any, at: str) -> Iterator[tuple[str, str]]:
    """The texts in a list, each with its field."""
    if isinstance(value, list):
        for index, item in enumerate(value):
            if isinstance(item, str):
                yield f"{at}[{index}]", item


def size(value: Any) -> int:
    """How many elements a list or a mapping has."""
    return len(value) if isinstance(value, list | dict) else 0


def faulty(fault: Fault, value: Any, at: str) -> Refusals:
    """Refuse a text that has a fault; an absent one has none."""
    if isinstance(value, str) and (message := fault(value)):
        yield Refusal(at, message)


def needed(fault: Fault, value: Any, at: str) -> Refusals:
    """Refuse a text that is absent or has a fault."""
    if not isinstance(value, str) or not value:
        yield Refusal(at, "is required")
    elif message := fault(value):
        yield Refusal(at, message)


def required(object: Object, key: str, at: str) -> Refusals:
    """Refuse an object without this key."""
    if not object.get(key):
        yield Refusal(f"{at}.{key}", "is required")


def one_of(allowed: Collection[str], value: Any, at: str) -> Refusals:
    """Refuse a text that is not among those allowed."""
    if isinstance(value, str) and value not in allowed:
        choices = ", ".join(f"`{name}`" for name in sorted(allowed))
        yield Refusal(at, f"`{value}` is not one of {choices}")


def within(low: int, high: int, value: Any, at: str) -> Refusals:
    """Refuse a whole number that is too small or too large."""
    number = whole(value)
    if number is not None and not low <= number <= high:
        yield Refusal(at, f"{number} is not between {low} and {high}")


def at_least(low: int, value: Any, at: str) -> Refusals:
    """Refuse a whole number that is too small."""
    number = whole(value)
    if number is not None and number < low:
        yield Refusal(at, f"{number} is less than {low}")


def repeated(values: Iterator[tuple[str, Any]]) -> Refusals:
    """Refuse a value that occurred at an earlier place; absent ones are not compared."""
    seen = set()
    for at, value in values:
        if not isinstance(value, Hashable):
            continue
        if value in seen:
            yield Refusal(at, f"`{value}` is there twice")
        elif value is not None:
            seen.add(value)
