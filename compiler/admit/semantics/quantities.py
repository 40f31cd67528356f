"""Amounts of CPU, memory and the like: syntax, value, and the form that the API server keeps.

From k8s.io/apimachinery pkg/api/resource/quantity.go (ParseQuantity, CanonicalizeBytes).
"""

from __future__ import annotations

import re
from decimal import ROUND_UP, Decimal, localcontext
from functools import lru_cache
from typing import Any, NamedTuple

from compiler.admit.semantics.refusal import Refusal, Refusals

_SYNTAX = re.compile(
    r"(?P<sign>[+-]?)0*(?P<number>[0-9]*)(?:\.(?P<fraction>[0-9]*))?"
    r"(?:(?P<decimal>[numkMGTPE]?)|(?P<binary>[KMGTPE]i)|[eE](?P<exponent>[+-]?[0-9]+))"
)
_DECIMAL = {"n": -9, "u": -6, "m": -3, "": 0, "k": 3, "M": 6, "G": 9, "T": 12, "P": 15, "E": 18}
_BINARY = {"Ki": 10, "Mi": 20, "Gi": 30, "Ti": 40, "Pi": 50, "Ei": 60}
_DECIMAL_SUFFIX = {exponent: suffix for suffix, exponent in _DECIMAL.items()}
_BINARY_SUFFIX = ("", *_BINARY)
_LARGEST = Decimal(2**63 - 1)  # with a binary unit


class Quantity(NamedTuple):
    """An amount, and how the API server writes it."""

    value: Decimal
    canonical: str


@lru_cache(maxsize=65536)
def quantity(written: str) -> Quantity | None:
    """The amount that a text stands for; None if it is not one."""
    match = _SYNTAX.fullmatch(written)
    if match is None or not any(character.isdigit() for character in written):
        return None
    with localcontext() as context:
        context.prec = 100
        value = _value(match)
        kept = _is_kept(match) or (not value and written == "0")
        return Quantity(value, written if kept else _canonical(value, match))


def amount(value: Any) -> Decimal | None:
    """The amount, if it is a well-formed one."""
    parsed = quantity(str(value)) if isinstance(value, str | int | float) else None
    return parsed.value if parsed else None


def not_canonical(value: Any, at: str) -> Refusals:
    """Refuse a text that is not an amount, or that the server stores in another form: manifest and
    cluster would always differ."""
    if isinstance(value, str):
        parsed = quantity(value)
        if parsed is None:
            yield Refusal(at, f"`{value}` is not an amount such as `500m`, `2` or `512Mi`")
        elif parsed.canonical != value:
            yield Refusal(at, f"`{value}` is kept as `{parsed.canonical}`, write it so")


def not_amount(value: Any, at: str) -> Refusals:
    """Like `not_canonical`; the amount must also not be negative."""
    yield from not_canonical(value, at)
    number = amount(value)
    if number is not None and number < 0:
        yield Refusal(at, f"{value} is negative")


def not_positive(value: Any, at: str) -> Refusals:
    """Like `not_canonical`; the amount must also be above zero."""
    yield from not_canonical(value, at)
    number = amount(value)
    if number is not None and number <= 0:
        yield Refusal(at, f"{value} is not above zero")


def _value(match: re.Match[str]) -> Decimal:
    digits = f"{match['number'] or 0}.{match['fraction'] or 0}"
    value = Decimal(f"{digits}E{_exponent(match)}")
    if match["binary"]:
        value = min(value * 2 ** _BINARY[match["binary"]], _LARGEST)
    value = value.quantize(Decimal("1E-9"), rounding=ROUND_UP)
    return -value if match["sign"] == "-" else value


def _exponent(match: re.Match[str]) -> int:
    if match["binary"]:
        return 0
    return int(match["exponent"]) if match["exponent"] else _DECIMAL[match["decimal"]]


def _is_kept(match: re.Match[str]) -> bool:
    """Whether the server stores the text unchanged, as it does for some that are not canonical."""
    number, fraction = match["number"] or "0", match["fraction"] or ""
    shifted = number + fraction
    if match["binary"]:
        power = _BINARY[match["binary"]]
        return not fraction and len(number) + power * 3 // 10 < 15 and int(number) % 8 != 0
    scale = _exponent(match) - len(fraction)
    short = len(shifted) <= 18 and scale >= -9 and scale % 3 == 0
    return short and not shifted.endswith("000") and shifted[0] != "0"


def _canonical(value: Decimal, match: re.Match[str]) -> str:
    if not value:
        return "0"
    if match["binary"] and abs(value) >= 1024 and value == value.to_integral_value():
        number, power = int(value), 0
        while number % 1024 == 0:
            number, power = number // 1024, power + 1
        return f"{number}{_BINARY_SUFFIX[power]}"
    sign, digits, exponent = value.normalize().as_tuple()
    assert isinstance(exponent, int), "an amount is finite"
    number = int("".join(map(str, digits))) * 10 ** (exponent % 3) * (-1 if sign else 1)
    thousands = exponent - exponent % 3
    if match["exponent"]:
        return f"{number}e{thousands}" if thousands else str(number)
    # beyond E there is no suffix, and so the server makes 1 of 1000E
    return f"{number}{_DECIMAL_SUFFIX.get(thousands, '')}"
