"""Cron schedules, as robfig/cron v3 reads them: for CronJobs and for Argo CD's sync windows."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple

_RANGE = re.compile(r"(\*|\?|(\w+)(?:-(\w+))?)(?:/(\w+))?")
DESCRIPTORS = frozenset(
    ["@yearly", "@annually", "@monthly", "@weekly", "@daily", "@midnight", "@hourly"]
)
_EVERY = re.compile(r"@every ([0-9]+(\.[0-9]+)?(ns|us|ms|s|m|h))+")
_MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
_DAYS = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"]


class _Field(NamedTuple):
    name: str
    least: int
    most: int
    words: Mapping[str, int]


_FIELDS = (
    _Field("minute", 0, 59, {}),
    _Field("hour", 0, 23, {}),
    _Field("day of the month", 1, 31, {}),
    _Field("month", 1, 12, {name: number for number, name in enumerate(_MONTHS, start=1)}),
    _Field("day of the week", 0, 6, {name: number for number, name in enumerate(_DAYS)}),
)


def cron_fault(schedule: str, *, descriptors: bool = False) -> str | None:
    """What is wrong with a schedule of five fields; None if nothing is.

    `descriptors`: whether `@daily`, `@every 1h` and the like are taken as well.
    """
    if descriptors and (schedule in DESCRIPTORS or _EVERY.fullmatch(schedule)):
        return None
    parts = schedule.split()
    if len(parts) != len(_FIELDS):
        return f"`{schedule}` has {len(parts)} fields, not 5"
    for part, field in zip(parts, _FIELDS, strict=True):
        for item in part.split(","):
            if not _is_range(item, field):
                return f"`{item}` is no {field.name} of a cron schedule"
    return None


def _is_range(item: str, field: _Field) -> bool:
    match = _RANGE.fullmatch(item.lower())
    if match is None or not item.isascii():
        return False
    _, first, last, step = match.groups()
    if step is not None and (not step.isdecimal() or int(step) == 0):
        return False
    if first is None:
        return True
    start = _number(first, field)
    end = start if last is None else _number(last, field)
    return start is not None and end is not None and field.least <= start <= end <= field.most


def _number(word: str, field: _Field) -> int | None:
    return int(word) if word.isdecimal() else field.words.get(word)
