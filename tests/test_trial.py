"""What a trial of the case of high risk found: lies, floods and crashes on odd answers."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
import yaml

from compiler.ai_act.applicability import feeds_back
from compiler.cli import inputs
from compiler.derive import derive
from compiler.pipeline import analyse, compile, read
from compiler.source import Source
from tests import high_risk
from tests.estate import TODAY
from tests.high_risk import (
    ANALYST,
    ASSISTANT,
    PROJECT,
    RECORD,
    changed,
    diagnosed,
    having,
    told,
)

ROOT = Path(__file__).parents[1]
OWNERS = "policies/owners.yaml"
EVIDENCE = "specs/evidence/auc.json"
GOOD = json.loads(high_risk.texts()[EVIDENCE].text)


def governed(kind: str, **spec: Any) -> Source:
    document = {
        "apiVersion": "roster/v1",
        "kind": kind,
        "metadata": {"name": "bold", "owner": "compliance-team"},
        "spec": spec,
    }
    folder = "policies/waivers" if kind == "Waiver" else "policies"
    return Source(f"{folder}/bold.yaml", yaml.safe_dump(document))


def codes(given: Mapping[str, Source], today: date = TODAY) -> list[str]:
    return sorted({found.code for found in analyse(given.values(), today=today).diagnostics})


def test_nobody_can_waive_or_lower_a_prohibition() -> None:
    given = changed({ANALYST: having("compliance.prohibited.c", True)})
    waiver = governed(
        "Waiver",
        code="prohibited-practice",
        resources=["Agent/credit-analyst"],
        reason="We want to",
        approver="head of credit risk",
        expires="2027-05-31",
    )
    policy = governed(
        "Policy",
        description="Ours",
        checks=[{"code": "prohibited-practice", "severity": "warning"}],
    )
    for more in (waiver, policy):
        result = compile({**given, more.path: more}.values(), today=TODAY)
        assert result.failed and not result.files
        assert "prohibited-practice" in {
            d.code for d in result.diagnostics if d.severity == "error"
        }


def test_a_record_of_a_project_that_does_not_answer_to_the_act_is_told() -> None:
    found = told({PROJECT: having("compliance", ["gdpr"])})
    assert (found.code, found.span.path) == ("ai-system-missing", RECORD)
    assert "add `eu-ai-act`" in found.help


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("value", "Infinity"), ("value", "NaN"), ("value", "1e999"), ("value", "true"),
        ("value", '"0.81"'), ("samples", "0"), ("samples", "12.7"), ("samples", "true"),
        ("samples", "-5"), ("dataset", '""'), ("dataset", '"TBD"'), ("dataset", "null"),
        ("dataset", '["a"]'), ("date", '"20260930"'), ("date", '"2026-9-30"'),
        ("date", '"2026-W40-3"'), ("date", "5"),
    ],
)  # fmt: skip
def test_evidence_has_one_shape(field: str, value: str) -> None:
    text = json.dumps({**GOOD, field: "@"}).replace('"@"', value)
    digest = sha256(text.encode()).hexdigest()
    given = changed({RECORD: having("evaluation.metrics.0.sha256", digest)})
    given[EVIDENCE] = Source(EVIDENCE, text)
    (found,) = analyse(given.values(), today=TODAY).diagnostics
    assert found.code == "evidence-invalid"
    assert f"has no fit `{field}`" in found.message


@pytest.mark.parametrize("text", ["[]", "{", "5", "[" * 100_000])
def test_evidence_is_an_object(text: str) -> None:
    digest = sha256(text.encode()).hexdigest()
    given = changed({RECORD: having("evaluation.metrics.0.sha256", digest)})
    given[EVIDENCE] = Source(EVIDENCE, text)
    (found,) = analyse(given.values(), today=TODAY).diagnostics
    assert "holds no object of JSON" in found.message


def test_the_last_day_there_is() -> None:
    assert "law-stale" in codes(dict(high_risk.texts()), date.max)
    assert codes(dict(high_risk.texts()), date.min)


@pytest.mark.parametrize(
    ("code", "name"),
    [("law-stale", "days"), ("oversight-incomplete", "drill"), ("risk-file-incomplete", "lead")],
)
def test_parameters_that_no_calendar_has(code: str, name: str) -> None:
    check = {"code": code, "parameters": {name: 9_999_999_999}}
    policy = governed("Policy", description="Ours", checks=[check])
    given = {**high_risk.texts(), policy.path: policy}
    (found,) = analyse(given.values(), today=TODAY).diagnostics
    assert (found.code, found.span.path) == ("code-unknown", policy.path)


@pytest.mark.parametrize(
    ("path", "field"),
    [
        (OWNERS, "owners.0.contact"),
        (PROJECT, "displayName"),
        (PROJECT, "agents.0.grants.0.reason"),
        (ANALYST, "purpose"),
        (ANALYST, "displayName"),
        ("policies/waivers/layers.yaml", "reason"),
    ],
)
def test_placeholders_where_people_agree_to_something(path: str, field: str) -> None:
    assert told({path: having(field, "TBD")}).code == "text-placeholder"


@pytest.mark.parametrize("field", ["literacy.date", "deployer.dataProtectionDate"])
def test_what_is_to_come_was_not_done(field: str) -> None:
    found = told({RECORD: having(field, "2028-10-12")})
    assert (found.code, found.span.path) == ("evaluation-in-future", RECORD)


def test_who_signed_a_report_is_known() -> None:
    found = told({RECORD: having("evaluation.reports.0.signedBy", "somebody")})
    assert found.code == "owner-unknown"


def test_notices_are_in_some_language() -> None:
    found = diagnosed({PROJECT: having("notices.locales", [])})
    assert [one.code for one in found] == ["wrong-shape"]


def test_the_runbook_waits_as_long_as_the_record_says() -> None:
    given = changed({RECORD: having("oversight.stop.maxSeconds", 90)})
    files = {file.path: file.text for file in compile(given.values(), today=TODAY).files}
    page = files["compliance/lending/oversight.md"]
    assert "--timeout=90s" in page and "--timeout=120s" not in page


def test_whether_what_is_written_is_read_again_is_said_of_every_class() -> None:
    """Each of the repository's own projects has an agent that reads what the team writes."""
    graph = read(inputs.read(ROOT).sources.values()).graph
    assert graph is not None
    fleet = derive(graph, TODAY)
    told = "No agent of the team writes to a context space that the team reads."
    for system in fleet.systems:
        page = ROOT / f"generated/compliance/{system.project.name}/oversight.md"
        assert (told in page.read_text(encoding="utf-8")) is not feeds_back(fleet.graph, system)
    assert any(feeds_back(fleet.graph, system) for system in fleet.systems)


def test_nobody_is_said_to_stop_an_agent_whom_nobody_can_stop() -> None:
    tier = "policies/high.yaml"
    given = changed(
        {tier: having("stopOwner", False), ASSISTANT: lambda spec: spec["oversight"].pop("owner")}
    )
    result = compile(given.values(), today=TODAY)
    files = {file.path: file.text for file in result.files}
    assert files, [one.message for one in result.diagnostics]
    page = files["compliance/lending/checklist.md"]
    assert "who can stop each agent, and how, but not applicant-assistant" in page
