"""Names of time zones: those of the IANA database in the package tzdata, not of this machine."""

from __future__ import annotations

from functools import cache
from importlib.resources import files


def time_zone(name: str) -> str:
    """What is wrong with a time zone; nothing if it is well."""
    return "" if name in _zones() else f"`{name}` is not a time zone such as `Europe/Vienna`"


@cache
def _zones() -> frozenset[str]:
    return frozenset((files("tzdata") / "zones").read_text(encoding="utf-8").split())
