"""The duties of the EU AI Act as checks: each required field of a complete record is taken away in
turn, and exactly the check that holds its duty fires, names the article, and points at the place.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import ModuleType

import pytest
import yaml

from compiler.ai_act.fields import leaves
from compiler.ai_act.law import DUTIES, Duty, duties
from compiler.check import CHECKS
from compiler.diagnostic import Diagnostic, Severity
from compiler.model import AISystem
from compiler.source import Source
from tests.high_risk import MODEL, RECORD, Change, Changes, both, changed, diagnosed, without
from tests.high_risk_fields import (
    ATTRIBUTES,
    AUTHORITY,
    DEROGATED,
    MODEL_MAKER,
    MUTATIONS,
    SEPARABLE,
    WATCHED,
    WORKPLACE,
)

HELD_ELSEWHERE = {
    "AIA-016": "a name that no resource has is `unknown-ref`: every edge ends at a component",
    "AIA-021": "architecture and resources are derived; each workload has its resources by shape",
}
"""Duties that no check needs to hold, and what holds them."""

ARTICLES = {duty.id: duty.article for duty in DUTIES}
HOLDERS: Mapping[str, ModuleType] = {
    duty.id: check
    for check in CHECKS
    if isinstance(check, ModuleType)
    for duty in getattr(check, "DUTIES", ())
}


def merged(first: Changes, path: str, change: Change) -> Changes:
    return {**first, path: both(first[path], change) if path in first else change}


def marked(diagnostic: Diagnostic, sources: Mapping[str, Source]) -> str:
    """The text that a diagnostic points at, of its first line."""
    lines = sources[diagnostic.span.path].text.split("\n")
    start, end = diagnostic.span.start, diagnostic.span.end
    line = lines[start.line - 1]
    return line[start.column - 1 : end.column - 1 if end.line == start.line else None]


def place(path: str, field: str) -> str:
    """What a diagnostic of a missing field points at: the part that it is missing from."""
    parts = field.split(".")
    if len(parts) == 1:
        return {RECORD: "lending", MODEL: "haiku"}[path]
    return parts[-2]


def test_every_duty_is_held_by_one_check() -> None:
    held = [duty.id for check in CHECKS for duty in getattr(check, "DUTIES", ())]
    assert len(held) == len(set(held))
    assert set(held) | set(HELD_ELSEWHERE) == {duty.id for duty in DUTIES}
    assert not set(held) & set(HELD_ELSEWHERE)


def test_every_named_duty_is_in_the_table() -> None:
    named = [duty for duty in vars(duties).values() if isinstance(duty, Duty)]
    assert tuple(sorted(named, key=lambda duty: duty.id)) == DUTIES
    assert len({duty.id for duty in DUTIES}) == len(DUTIES)


def test_the_record_has_every_field_that_a_duty_asks_for() -> None:
    for duty in DUTIES:
        if duty.answered_in == "record" and not duty.derived:
            assert all(list(leaves(AISystem, field)) for field in duty.fields), duty.id


def test_every_field_is_asked_for_by_some_duty_and_every_duty_by_some_field() -> None:
    asked = {id for _, _, _, id in MUTATIONS}
    unasked = {"AIA-007", "AIA-017", "AIA-053", "AIA-099", *HELD_ELSEWHERE}  # no field: see below
    assert asked | unasked == {duty.id for duty in DUTIES}


def test_the_complete_record_is_silent() -> None:
    for changes in (WATCHED, AUTHORITY, WORKPLACE, ATTRIBUTES, MODEL_MAKER, SEPARABLE, DEROGATED):
        assert diagnosed(changes) == ()
    assert diagnosed({}) == ()


@pytest.mark.parametrize(
    ("first", "path", "field", "id"), MUTATIONS, ids=[f"{id} {f}" for _, _, f, id in MUTATIONS]
)
def test_a_missing_field_is_reported_once_by_the_check_of_its_duty(
    first: Changes, path: str, field: str, id: str
) -> None:
    changes = merged(first, path, without(field))
    diagnostics = diagnosed(changes)
    assert [d.code for d in diagnostics] == [HOLDERS[id].RULE.code], diagnostics
    assert diagnostics[0].severity is Severity.ERROR, "its agents are of a high tier"
    assert ARTICLES[id] in diagnostics[0].message
    assert id in diagnostics[0].related[0].text
    assert diagnostics[0].help
    assert diagnostics[0].span.path == path
    expected = place(path, field)
    sources = changed(changes)
    if expected.isdigit():  # an entry of a list: its first line
        assert marked(diagnostics[0], sources) == _entry(sources[path], field)
    else:
        assert marked(diagnostics[0], sources) == expected


def _entry(source: Source, field: str) -> str:
    """The first line of the entry of a list that a field is missing from."""
    node = yaml.compose(source.text)
    for part in ("spec", *field.split(".")[:-1]):
        keys = {} if part.isdigit() else {key.value: value for key, value in node.value}
        node = node.value[int(part)] if part.isdigit() else keys[part]
    line = source.text.split("\n")[node.start_mark.line]
    return line[node.start_mark.column :]
