"""Labels, and the selectors that choose by them.

From k8s.io/apimachinery pkg/apis/meta/v1/validation/validation.go.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from compiler.admit.semantics.names import label_key, label_value
from compiler.admit.semantics.refusal import (
    Object,
    Refusal,
    Refusals,
    faulty,
    items,
    mapping,
    size,
    text,
    texts,
)

_LISTS, _PRESENCE = {"In", "NotIn"}, {"Exists", "DoesNotExist"}


def labels(value: Any, at: str) -> Refusals:
    """Keys and values of labels; thousands of objects share the same few."""
    pairs = tuple(mapping(value).items())
    if all(isinstance(label, str) for _, label in pairs) and _well(pairs):
        return
    for key, label in pairs:
        yield from faulty(label_key, key, at)
        yield from faulty(label_value, label, at)


@lru_cache(maxsize=16384)
def _well(pairs: tuple[tuple[str, str], ...]) -> bool:
    return not any(label_key(key) or label_value(label) for key, label in pairs)


def selector(value: Any, at: str) -> Refusals:
    """A label selector: its labels, and its expressions with their operators."""
    selecting = mapping(value)
    yield from labels(selecting.get("matchLabels"), f"{at}.matchLabels")
    expressions = selecting.get("matchExpressions")
    for place, expression in items(expressions, f"{at}.matchExpressions"):
        yield from _expression(expression, place)


def _expression(expression: Object, at: str) -> Refusals:
    operator, values = text(expression.get("operator")), expression.get("values")
    if operator in _LISTS and not values:
        yield Refusal(f"{at}.values", f"the operator `{operator}` needs values")
    elif operator in _PRESENCE and values:
        yield Refusal(f"{at}.values", f"the operator `{operator}` takes no values")
    elif operator not in _LISTS | _PRESENCE:
        yield Refusal(f"{at}.operator", f"`{operator}` is not an operator of selectors")
    yield from faulty(label_key, expression.get("key", ""), f"{at}.key")
    for place, label in texts(values, f"{at}.values"):
        yield from faulty(label_value, label, place)


def is_empty(value: Any) -> bool:
    """Whether a selector chooses everything."""
    selecting = mapping(value)
    return not size(selecting.get("matchLabels")) and not size(selecting.get("matchExpressions"))


def matches(value: Any, labels: Object) -> bool:
    """Whether a selector chooses something with these labels."""
    required = mapping(mapping(value).get("matchLabels"))
    expressions = mapping(value).get("matchExpressions")
    return all(labels.get(key) == label for key, label in required.items()) and all(
        _holds(expression, labels) for _, expression in items(expressions, "")
    )


def _holds(expression: Object, labels: Object) -> bool:
    key, values = text(expression.get("key")), expression.get("values")
    listed = isinstance(values, list) and key in labels and labels[key] in values
    by_operator = {
        "In": listed,
        "NotIn": not listed,
        "Exists": key in labels,
        "DoesNotExist": key not in labels,
    }
    return by_operator.get(text(expression.get("operator")), True)
