"""Quantities and semantic versions for CEL: maps which the engine keeps and compares."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import Any

Value = dict[str, Any]
_DECIMAL = {"n": -9, "u": -6, "m": -3, "": 0, "k": 3, "M": 6, "G": 9, "T": 12, "P": 15, "E": 18}
_BINARY = {"Ki": 10, "Mi": 20, "Gi": 30, "Ti": 40, "Pi": 50, "Ei": 60}
_QUANTITY = re.compile(
    r"([+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+))([numkMGTPE]|[KMGTPE]i|[eE][+-]?[0-9]{1,3})?"
)
_LENIENT = re.compile(r"v?([0-9]+(?:\.[0-9]+){0,2})([-+].*)?")
_VERSION = re.compile(
    r"(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)(?:-([0-9A-Za-z.-]+))?(?:\+[0-9A-Za-z.-]+)?"
)


def is_quantity(text: str) -> bool:
    """Whether a text is a quantity."""
    return _QUANTITY.fullmatch(text) is not None


def quantity(text: str) -> Value:
    """`1.5Gi` as a fraction; equal amounts are equal maps."""
    match = _QUANTITY.fullmatch(text)
    if match is None:
        raise ValueError(f"{text!r} is no quantity")
    number, unit = Fraction(match[1]), match[2] or ""
    if unit in _BINARY:
        return _quantity(number * 2 ** _BINARY[unit])
    power = _DECIMAL[unit] if unit in _DECIMAL else int(unit[1:])
    return _quantity(number * Fraction(10) ** power)


def _quantity(amount: Fraction) -> Value:
    return {"quantity": str(amount)}


def _amount(value: Value | int) -> Fraction:
    if isinstance(value, dict):
        return Fraction(value["quantity"])
    return Fraction(value)


def add(a: Value, b: Value | int) -> Value:
    """The sum of a quantity and a quantity or whole number."""
    return _quantity(_amount(a) + _amount(b))


def subtract(a: Value, b: Value | int) -> Value:
    """Their difference."""
    return _quantity(_amount(a) - _amount(b))


def sign(a: Value) -> int:
    """-1, 0 or 1."""
    amount = _amount(a)
    return (amount > 0) - (amount < 0)


def is_integer(a: Value) -> bool:
    """Whether `asInteger` gives a number: a whole one of 64 bits."""
    amount = _amount(a)
    return amount.denominator == 1 and -(2**63) <= amount < 2**63


def as_integer(a: Value) -> int:
    """A quantity as a whole number."""
    if not is_integer(a):
        raise ValueError("the quantity is no whole number of 64 bits")
    return int(_amount(a))


def as_float(a: Value) -> float:
    """A quantity as the nearest number with a point."""
    return float(_amount(a))


def is_version(text: str, lenient: bool) -> bool:
    """Whether a text is a semantic version; leniently, `v1.02` is 1.2.0."""
    return _version(text, lenient) is not None


def _version(text: str, lenient: bool) -> re.Match[str] | None:
    if lenient and (match := _LENIENT.fullmatch(text)):
        numbers = [str(int(number)) for number in match[1].split(".")]
        text = ".".join([*numbers, "0", "0"][:3]) + (match[2] or "")
    return _VERSION.fullmatch(text)


def version(text: str, lenient: bool) -> Value:
    """`1.2.3-rc.1` in its parts; build metadata does not count."""
    match = _version(text, lenient)
    if match is None:
        raise ValueError(f"{text!r} is no semantic version")
    return {"semver": [int(match[1]), int(match[2]), int(match[3])], "pre": match[4] or ""}


def version_part(number: int, value: Value) -> int:
    """The major (0), minor (1) or patch number (2) of a version."""
    return int(value["semver"][number])


def _precedence(value: Value) -> tuple[Any, ...]:
    """By semver.org: a pre-release comes before its release, a number before a word."""
    parts = value["pre"].split(".") if value["pre"] else []
    keys = [(0, int(part), "") if part.isdigit() else (1, 0, part) for part in parts]
    return (*value["semver"], not parts, keys)


def compared(a: Value, b: Value) -> int:
    """-1, 0 or 1: of two quantities, or of two versions."""
    left: Any
    right: Any
    if "semver" in a:
        left, right = _precedence(a), _precedence(b)
    else:
        left, right = _amount(a), _amount(b)
    return int(left > right) - int(left < right)
