"""Whom the duties of the EU AI Act bind, and from which day."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from compiler.ai_act.law import Duty
from compiler.ai_act.law.duties import (
    AI_LITERACY,
    CONTENT_MARKED,
    POST_MARKET_MONITORING,
    VULNERABLE_GROUPS,
)
from compiler.diagnostic import Severity
from compiler.pipeline import analyse
from compiler.source import Source
from tests import high_risk
from tests.estate import TODAY
from tests.high_risk import (
    AGENTS,
    ANALYST,
    ASSISTANT,
    MODEL,
    PLATFORM,
    PROJECT,
    RECORD,
    REVIEWER,
    TIER,
    WORKFLOW,
    Change,
    Changes,
    Spec,
    both,
    diagnosed,
    having,
    only_diagnostic,
    without,
)

ERROR, WARNING = Severity.ERROR, Severity.WARNING
MEDIUM: Changes = {TIER: having("level", "medium")}
"""Its agents are of a medium tier, so that the date alone decides on the severity of a gap."""

NOT_LISTED: Changes = {path: having("compliance.annexIII", "none") for path in AGENTS}
"""Nothing of it is in Annex III; what is left is that people talk to it."""

SILENT: Changes = {
    **NOT_LISTED,
    ASSISTANT: both(
        NOT_LISTED[ASSISTANT], without("compliance.interactsWithPersons", "compliance.generates")
    ),
    PROJECT: having("notices.interactsWithPersons", False),
}
"""And no one outside talks to it."""

ALL = ("project", "role", "intendedPurpose", "literacy")


def only(*fields: str) -> Change:
    """Removes all fields of a record but some."""

    def change(spec: Spec) -> None:
        for field in [field for field in spec if field not in fields]:
            del spec[field]

    return change


def severities(changes: Changes, code: str, today: date = TODAY) -> list[Severity]:
    """The severity of each diagnostic of one code."""
    return [d.severity for d in diagnosed(changes, today) if d.code == code]


@pytest.mark.parametrize(
    ("field", "duty", "code"),
    [
        ("minorsAndVulnerable", VULNERABLE_GROUPS, "risk-file-incomplete"),
        ("postMarket", POST_MARKET_MONITORING, "post-market-incomplete"),
        ("literacy", AI_LITERACY, "literacy-missing"),
        ("transparency.marking", CONTENT_MARKED, "transparency-incomplete"),
    ],
)
def test_a_gap_is_an_error_from_half_a_year_before(field: str, duty: Duty, code: str) -> None:
    changes = {**MEDIUM, RECORD: without(field)}
    lead = duty.applies - timedelta(days=180)
    assert severities(changes, code, lead - timedelta(days=1)) == [WARNING]
    assert severities(changes, code, lead) == [ERROR]


def test_a_gap_of_a_high_tier_is_an_error_at_once() -> None:
    changes = {RECORD: without("minorsAndVulnerable")}
    assert severities(changes, "risk-file-incomplete", date(2025, 1, 1)) == [ERROR]


def test_old_systems_have_more_time_to_mark_what_they_make() -> None:
    limited = both(only(*ALL, "released", "transparency"), without("transparency.marking"))
    for released, text in (
        ("2026-07-01", "applies from 2026-12-02: AIA-091"),
        ("2026-08-02", "applies since 2026-08-02: AIA-091"),
    ):
        changes = {**NOT_LISTED, RECORD: both(limited, having("released", released))}
        assert only_diagnostic(changes).related[0].text == text


def test_two_prohibitions_came_later() -> None:
    for letters, text in (
        (("ba", "bb"), "applies from 2026-12-02: AIA-003"),
        (("ba", "c"), "applies since 2025-02-02: AIA-003"),
    ):
        diagnostic = only_diagnostic(
            {REVIEWER: without(*(f"compliance.prohibited.{letter}" for letter in letters))}
        )
        assert diagnostic.related[0].text == text


@pytest.mark.parametrize(
    "changes",
    [
        {**NOT_LISTED, RECORD: only(*ALL, "transparency")},
        {**SILENT, RECORD: only(*ALL)},
    ],
    ids=["limited", "minimal"],
)
def test_duties_that_do_not_bind_are_silent(changes: Changes) -> None:
    assert diagnosed(changes) == ()


PROVIDERS_OWN = (
    "version", "supersedes", "released", "risks", "minorsAndVulnerable", "misuse", "data",
    "evaluation", "performance", "design", "userInterface", "security", "solutions", "conformity",
    "qualityManagement", "documentationYears", "postMarket", "registration",
)  # fmt: skip


def test_a_deployer_owes_no_provider_papers_and_a_provider_no_deployer_answers() -> None:
    papers = {MODEL: without("annexXII", "agreement")}
    deployer = both(having("role", "deployer"), without(*PROVIDERS_OWN))
    assert diagnosed({**papers, RECORD: deployer}) == ()
    assert len(diagnosed({RECORD: without(*PROVIDERS_OWN)})) == len(PROVIDERS_OWN) - 1, (
        "`supersedes` is not asked for where there is no version"
    )
    provider = both(having("role", "provider"), without("deployer", "fria"))
    assert diagnosed({RECORD: provider}) == ()


def test_without_a_role_both_are_asked_for() -> None:
    diagnostics = diagnosed({RECORD: without("role", "design", "fria")})
    assert sorted(d.code for d in diagnostics) == [
        "classification-incomplete",
        "deployer-duties-incomplete",
        "technical-documentation-incomplete",
    ]


def test_a_deployer_of_critical_infrastructure_alone_owes_no_impact_assessment() -> None:
    water = {path: having("compliance.annexIII", ["2"]) for path in (ANALYST, REVIEWER)}
    national = having("registration.database", "national")
    gone = without("fria", "deployer.personsInformed", "deployer.explanations")
    assert diagnosed({**water, RECORD: both(national, gone)}) == ()


def test_a_tier_is_not_below_the_class() -> None:
    assert severities(MEDIUM, "class-above-tier") == [WARNING, WARNING]
    assert severities({TIER: having("level", "low")}, "class-above-tier") == [
        ERROR,
        WARNING,
        WARNING,
    ]
    assert severities({**SILENT, TIER: having("level", "low")}, "class-above-tier") == []
    talking = {**SILENT, TIER: having("level", "low")}
    del talking[PROJECT]
    assert severities(talking, "class-above-tier") == [ERROR], (
        "of the project, whose agents are all low"
    )


def test_a_derogation_lowers_the_class_where_members_are_judged_apart() -> None:
    narrow = {"condition": "a", "grounds": "It only sorts papers by their date. " * 3}
    derogated = having("compliance.derogation", {**narrow, "profiling": False})
    changes = {**MEDIUM, ANALYST: derogated, REVIEWER: derogated}
    apart = having("compliance", {"separable": True, "rationale": "Each sorts other papers."})
    assert len(severities(changes, "class-above-tier")) == 2
    assert severities({**changes, WORKFLOW: apart}, "class-above-tier") == []


EVENTS = ["decision", "tool-call", "human-override", "stop", "config-change", "model-change"]


@pytest.mark.parametrize(
    ("events", "days", "message"),
    [
        (EVENTS, None, "the audit store takes no events of the kind `risk-situation`"),
        ([*EVENTS, "risk-situation"], 200, "the store `audit` keeps logs for 200 days, and not"),
        ([*EVENTS, "risk-situation"], None, None),
    ],
)
def test_the_store_keeps_what_is_declared(
    events: list[str], days: int | None, message: str | None
) -> None:
    size = {"requests": {"cpu": "1", "memory": "1G"}, "limits": {"cpu": "1", "memory": "1G"}}
    image = {"repository": "docker.io/otel/opentelemetry-collector-contrib", "tag": "0.152.0"}
    audit = {
        "bucket": "lending-audit",
        "region": "eu-central-1",
        "lock": "compliance",
        "accessKey": {"name": "AUDIT_ID", "key": "platform/audit"},
        "secretKey": {"name": "AUDIT_KEY", "key": "platform/audit"},
        "events": {"medium": EVENTS, "high": list(events)},
        **({"maxDays": days} if days else {}),
    }
    collector = having("components.collector", {"image": image, "resources": size})
    platform = both(having("audit", audit), collector)
    diagnostics = diagnosed({PLATFORM: platform, RECORD: having("logging.store", "audit")})
    messages = [d.message for d in diagnostics if d.code == "logging-incomplete"]
    assert len(messages) == (message is not None)
    assert all(text.startswith(message or "") for text in messages)
    assert {d.code for d in diagnostics} <= {
        "logging-incomplete", "image-unpinned", "budget-exceeded", "retention-below-tier",
    }  # fmt: skip


def test_what_two_systems_share_is_reported_once() -> None:
    sources = high_risk.changed({REVIEWER: without("compliance.annexIII")})
    for path in (PROJECT, RECORD):
        text = sources[path].text.replace("name: lending,", "name: leasing,")
        other = path.replace("/lending/", "/leasing/")
        sources[other] = Source(other, text.replace("project: lending\n", "project: leasing\n"))
    diagnostics = analyse(sources.values(), today=TODAY).diagnostics
    assert [d.span.path for d in diagnostics if d.code == "classification-incomplete"] == [REVIEWER]


def test_without_owners_one_mistake_is_reported() -> None:
    sources = dict(high_risk.texts())
    del sources["policies/owners.yaml"]
    diagnostics = analyse(sources.values(), today=TODAY).diagnostics
    assert [d.code for d in diagnostics if "owner" in d.code] == ["stop-owner-unknown"]


def test_without_a_record_nothing_more_is_said() -> None:
    sources = high_risk.changed({MODEL: without("annexXII")})
    del sources[RECORD]
    diagnostics = analyse(sources.values(), today=TODAY).diagnostics
    assert [d.code for d in diagnostics] == ["ai-system-missing"]


def test_what_needs_no_check_is_held_by_link_and_shape() -> None:
    handed_on = {PROJECT: having("agents.0.delegatesTo", ["nobody"])}
    assert only_diagnostic(handed_on).code == "unknown-ref", "AIA-016"
    assert only_diagnostic({ANALYST: without("resources")}).code == "wrong-shape", "AIA-021"
