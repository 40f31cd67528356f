"""Regressions from a trial of the high-risk case: wrong answers, floods and crashes."""

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
from compiler.derive import derive
from compiler.pipeline import analyse, compile, read
from compiler.source import Source
from tests import high_risk, shipped
from tests.estate import TODAY
from tests.high_risk import (
    ANALYST,
    ASSISTANT,
    PROJECT,
    RECORD,
    changed,
    diagnosed,
    having,
    only_diagnostic,
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


def codes(files: Mapping[str, Source], today: date = TODAY) -> list[str]:
    return sorted(
        {diagnostic.code for diagnostic in analyse(files.values(), today=today).diagnostics}
    )


def test_a_prohibition_cannot_be_waived_or_lowered() -> None:
    files = changed({ANALYST: having("compliance.prohibited.c", True)})
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
        result = compile({**files, more.path: more}.values(), today=TODAY)
        assert result.failed and not result.files
        assert "prohibited-practice" in {
            d.code for d in result.diagnostics if d.severity == "error"
        }


def test_a_record_of_a_project_outside_the_act_is_reported() -> None:
    diagnostic = only_diagnostic({PROJECT: having("compliance", ["gdpr"])})
    assert (diagnostic.code, diagnostic.span.path) == ("ai-system-missing", RECORD)
    assert "add `eu-ai-act`" in diagnostic.help


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
    files = changed({RECORD: having("evaluation.metrics.0.sha256", digest)})
    files[EVIDENCE] = Source(EVIDENCE, text)
    (diagnostic,) = analyse(files.values(), today=TODAY).diagnostics
    assert diagnostic.code == "evidence-invalid"
    assert f"has no valid `{field}`" in diagnostic.message


@pytest.mark.parametrize("text", ["[]", "{", "5", "[" * 100_000])
def test_evidence_is_an_object(text: str) -> None:
    digest = sha256(text.encode()).hexdigest()
    files = changed({RECORD: having("evaluation.metrics.0.sha256", digest)})
    files[EVIDENCE] = Source(EVIDENCE, text)
    (diagnostic,) = analyse(files.values(), today=TODAY).diagnostics
    assert "is not a JSON object" in diagnostic.message


def test_the_first_and_last_possible_day() -> None:
    assert "law-stale" in codes(dict(high_risk.texts()), date.max)
    assert codes(dict(high_risk.texts()), date.min)


@pytest.mark.parametrize(
    ("code", "name"),
    [("law-stale", "days"), ("oversight-incomplete", "drill"), ("risk-file-incomplete", "lead")],
)
def test_parameters_beyond_the_calendar(code: str, name: str) -> None:
    check = {"code": code, "parameters": {name: 9_999_999_999}}
    policy = governed("Policy", description="Ours", checks=[check])
    files = {**high_risk.texts(), policy.path: policy}
    (diagnostic,) = analyse(files.values(), today=TODAY).diagnostics
    assert (diagnostic.code, diagnostic.span.path) == ("code-unknown", policy.path)


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
def test_placeholders_in_approvals_and_purposes(path: str, field: str) -> None:
    assert only_diagnostic({path: having(field, "TBD")}).code == "text-placeholder"


@pytest.mark.parametrize("field", ["literacy.date", "deployer.dataProtectionDate"])
def test_a_date_in_the_future_is_reported(field: str) -> None:
    diagnostic = only_diagnostic({RECORD: having(field, "2028-10-12")})
    assert (diagnostic.code, diagnostic.span.path) == ("evaluation-in-future", RECORD)


def test_the_signer_of_a_report_must_be_an_owner() -> None:
    diagnostic = only_diagnostic({RECORD: having("evaluation.reports.0.signedBy", "an auditor")})
    assert diagnostic.code == "owner-unknown"


def test_notices_need_a_language() -> None:
    diagnostics = diagnosed({PROJECT: having("notices.locales", [])})
    assert [diagnostic.code for diagnostic in diagnostics] == ["wrong-shape"]


def test_the_runbook_waits_as_long_as_the_record_says() -> None:
    files = changed({RECORD: having("oversight.stop.maxSeconds", 90)})
    files = {file.path: file.text for file in compile(files.values(), today=TODAY).files}
    page = files["compliance/lending/oversight.md"]
    assert "--timeout=90s" in page and "--timeout=120s" not in page


def test_pages_of_every_class_say_whether_the_team_reads_what_it_writes() -> None:
    """Each of the repository's own projects has an agent that reads what the team writes."""
    graph = read(shipped.sources().values()).graph
    assert graph is not None
    fleet = derive(graph, TODAY)
    sentence = "No agent of the team writes to a context space that the team reads."
    for system in fleet.systems:
        page = ROOT / f"generated/compliance/{system.project.name}/oversight.md"
        assert (sentence in page.read_text(encoding="utf-8")) is not feeds_back(fleet.graph, system)
    assert any(feeds_back(fleet.graph, system) for system in fleet.systems)


def test_the_checklist_names_agents_that_cannot_be_stopped() -> None:
    tier = "policies/high.yaml"
    files = changed(
        {tier: having("stopOwner", False), ASSISTANT: lambda spec: spec["oversight"].pop("owner")}
    )
    result = compile(files.values(), today=TODAY)
    files = {file.path: file.text for file in result.files}
    assert files, [diagnostic.message for diagnostic in result.diagnostics]
    page = files["compliance/lending/checklist.md"]
    assert "each agent names who can stop it, and how, except applicant-assistant" in page
