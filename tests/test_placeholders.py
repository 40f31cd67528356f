"""Answers that are none, and other bad input in the record of a high-risk system."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from compiler.ai_act.placeholders import placeholder, texts
from compiler.pipeline import analyse
from compiler.source import Route
from tests import high_risk
from tests.estate import TODAY
from tests.high_risk import (
    ANALYST,
    ASSISTANT,
    MODEL,
    RECORD,
    Change,
    having,
    only_diagnostic,
    without,
)


def _routes() -> Iterator[Route]:
    """Where the record has a text."""
    document = analyse(high_risk.texts().values(), today=TODAY)
    assert document.fleet is not None
    record = document.fleet.systems[0].record
    assert record is not None
    yield from (route for route, _ in texts(record.spec))


CLOSED = {
    "project", "role", "country", "likelihood", "severity", "residual", "better", "sha256", "route",
    "events", "store", "mode", "dashboard", "mechanism", "database", "status",
}  # fmt: skip
"""Fields whose shape takes no such text; a role of an assignee is a text."""

LOOKED_UP = {
    "version": "technical-documentation-incomplete",
    "supersedes": "technical-documentation-incomplete",
    "userInterface": "file-missing",
    "risk": "risk-file-incomplete",
    "evidence": "evidence-invalid",
    "file": "evidence-invalid",
}
"""The check that reports an unknown name; the name of a metric is that of its evidence."""


@pytest.mark.parametrize("route", list(_routes()), ids=lambda r: ".".join(map(str, r)))
def test_a_placeholder_anywhere_in_a_record_is_one_mistake(route: Route) -> None:
    diagnostic = only_diagnostic({RECORD: having(".".join(map(str, route)), "TBD")})
    last = next(part for part in reversed(route) if isinstance(part, str))
    metric = last == "name" and {"metric", "metrics"} & set(route)
    usual = "evidence-invalid" if metric else LOOKED_UP.get(last, "text-placeholder")
    closed = last in CLOSED and "assignees" not in route
    assert diagnostic.code == ("wrong-shape" if closed else usual)


@pytest.mark.parametrize(
    "text",
    ["TBD", "tbd.", "TODO", "todo: ask Anna", "N/A", "n.a.", "None", "none known", "None known.",
     "lorem ipsum dolor", "Lorem ipsum", "xxx", "XXXX", "-", "...", "…", "?",
     "to be defined", "  "],
)  # fmt: skip
def test_placeholders(text: str) -> None:
    assert placeholder(text)


@pytest.mark.parametrize(
    "text",
    ["None of them is a minor", "A todo list is kept", "No notified body took part", "text", "5",
     "Nobody knows it better than the officers", "xx", "Unknown senders are refused", "TBDB rules"],
)  # fmt: skip
def test_answers_that_only_look_like_placeholders(text: str) -> None:
    assert not placeholder(text)


@pytest.mark.parametrize(
    ("path", "change", "code"),
    [
        (RECORD, having("design.logic", "TBD"), "text-placeholder"),
        (ANALYST, having("card.limitations", ["none known"]), "text-placeholder"),
        (ANALYST, having("card.risks.0.mitigation", "..."), "text-placeholder"),
        (MODEL, having("agreement", "n/a"), "text-placeholder"),
        (RECORD, having("evaluation.reports.0.date", "2026-12-24"), "evaluation-in-future"),
        (RECORD, having("oversight.stop.owner", "Nobody"), "stop-owner-unknown"),
        (ANALYST, having("oversight.owner", "Nobody"), "stop-owner-unknown"),
        (RECORD, having("postMarket.owner", "Nobody"), "owner-unknown"),
        (RECORD, having("incident.suspension", "Nobody"), "owner-unknown"),
        (RECORD, having("oversight.assignees.0.role", "Nobody"), "owner-unknown"),
        (RECORD, having("risks.0.acceptedBy", "Nobody"), "owner-unknown"),
        (MODEL, having("id", "claude-haiku-latest"), "model-floating"),
        (RECORD, without("evaluation.metrics.0.sha256"), "evidence-invalid"),
        (RECORD, having("evaluation.metrics.0.sha256", "0" * 64), "evidence-invalid"),
        (ANALYST, without("oversight.stop"), "stop-owner-missing"),
        (ASSISTANT, without("card"), "card-incomplete"),
    ],
)
def test_bad_input_is_a_diagnostic_of_its_own(path: str, change: Change, code: str) -> None:
    assert only_diagnostic({path: change}).code == code
