"""
Removes personal data and secrets from values before they are stored.

By pattern, in every string: e-mail addresses, phone numbers with +, 00, a leading 0 or in the
North American form, IBANs (ISO 13616 checksum), card numbers (Luhn checksum), secrets of known
shape (cloud, source host, payment and chat keys, JWTs, private keys, passwords in URLs, bearer
tokens). By the name of the property: names, addresses, and passwords. It does not find a name or
address in running text, a number that is spelled in words, or a secret that looks like a word; and
about one in ten numbers in the form of a card, and one in a hundred in that of an IBAN, has a valid
checksum by chance, and is removed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from typing import Any

_MIN_IBAN = 15
_SECRETS = (
    r"\b(?:AKIA|ASIA)[A-Z0-9]{16}\b",
    r"\bgh[pousr]_[A-Za-z0-9]{30,}|\bgithub_pat_\w{22,}|\bglpat-[\w-]{20,}",
    r"\b(?:sk|rk|pk)[-_](?:[\w-]{16,})|\bxox[abeoprs]-[\w-]{10,}|\bAIza[\w-]{35}",
    r"\beyJ[\w-]{10,}\.[\w-]{10,}\.[\w-]*",
    r"-----BEGIN [A-Z ]{0,30}PRIVATE KEY-----[^-]*(?:-----END [A-Z ]{0,30}PRIVATE KEY-----)?",
    r"(?<=://)[^\s/:@]{1,64}:[^\s/@]{1,256}(?=@)",
    r"(?i:(?<=\bbearer ))[\w.~+/-]{16,}=*",
)
_PATTERNS = {
    "token": re.compile("|".join(_SECRETS)),
    "iban": re.compile(r"\b[A-Za-z]{2}\d{2}(?: ?[A-Za-z0-9]){11,30}\b"),
    "card": re.compile(r"(?<!\d)[2-6]\d(?:[ -]?\d){11,17}(?!\d)"),
    "email": re.compile(r"[\w.+%-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63})+"),
    "phone": re.compile(
        r"(?<![\w.+-])(?:(?:\+|00)[1-9][\d ()./-]{6,20}\d"
        r"|\(?\d{3}\)?[ .-]\d{3}[ .-]\d{4}|0\d{1,4}[ /-]\d{4,10})(?![\w-])"
    ),
}
_NAMED = {
    "name": "name fullname firstname lastname givenname familyname middlename surname displayname"
    " customername contactname",
    "address": "address street streetaddress postaladdress billingaddress shippingaddress"
    " homeaddress addressline1 addressline2 zip zipcode postcode postalcode",
    "token": "token accesstoken refreshtoken apikey secret clientsecret password passwd"
    " authorization privatekey",
}
_PROPERTIES = {kind: frozenset(words.split()) for kind, words in _NAMED.items()}


def redact(value: Any, kinds: Collection[str]) -> Any:
    """The value without data of these kinds. Raises ValueError if a property's name has some."""
    if isinstance(value, dict):
        return {_clean(key, kinds): _property(key, item, kinds) for key, item in value.items()}
    if isinstance(value, list):
        return [redact(item, kinds) for item in value]
    if isinstance(value, str):
        return _text(value, kinds)
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) < 10**20:
        number = _text(str(value), kinds)
        return value if number == str(value) else number
    return value


def _property(key: str, value: Any, kinds: Collection[str]) -> Any:
    word = re.sub(r"[^a-z0-9]", "", key.lower())
    for kind, words in _PROPERTIES.items():
        if kind in kinds and word in words:
            return _masked(value, kind)
    return redact(value, kinds)


def _masked(value: Any, kind: str) -> Any:
    if isinstance(value, dict):
        return {key: _masked(item, kind) for key, item in value.items()}
    if isinstance(value, list):
        return [_masked(item, kind) for item in value]
    return value if value is None or isinstance(value, bool) else _mark(kind)


def _clean(key: str, kinds: Collection[str]) -> str:
    if _text(key, kinds) != key:
        raise ValueError("the name of a property holds personal data or a secret")
    return key


def _text(text: str, kinds: Collection[str]) -> str:
    for kind, pattern in _PATTERNS.items():
        if kind in kinds:
            text = pattern.sub(_REPLACE.get(kind) or _mark(kind), text)
    return text


def _mark(kind: str) -> str:
    return f"[redacted:{kind}]"


def _card(match: re.Match[str]) -> str:
    """Replace a number with a valid Luhn checksum."""
    digits = [int(sign) for sign in reversed(match[0]) if sign.isdecimal()]
    doubled = [sum(divmod(2 * digit, 10)) for digit in digits[1::2]]
    return match[0] if (sum(digits[::2]) + sum(doubled)) % 10 else _mark("card")


def _iban(match: re.Match[str]) -> str:
    """Replace the longest beginning with a valid checksum, as words may follow an IBAN."""
    text = match[0]
    for end in range(len(text), _MIN_IBAN - 1, -1):
        if not text[end : end + 1].strip() and _is_valid(text[:end]):
            return _mark("iban") + text[end:]
    return text


def _is_valid(iban: str) -> bool:
    plain = iban.replace(" ", "")
    return int("".join(str(int(sign, 36)) for sign in plain[4:] + plain[:4])) % 97 == 1


_REPLACE: dict[str, Callable[[re.Match[str]], str]] = {"card": _card, "iban": _iban}
