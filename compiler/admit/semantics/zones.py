"""Names of time zones: those of the IANA database in the package tzdata, not of this machine."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

from compiler.diagnostic import did_you_mean


def time_zone(name: str) -> str:
    """What is wrong with a time zone; nothing if it is well."""
    if name in _zones():
        return ""
    close = did_you_mean(name, _zones()) or "they are called as `Europe/Vienna` is"
    return f"`{name}` is not a time zone; {close}"


@cache
def _zones() -> frozenset[str]:
    return frozenset((files("tzdata") / "zones").read_text(encoding="utf-8").split())
