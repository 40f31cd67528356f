"""What the EU AI Act asks of the project in tests/golden/high-risk: each field with its duty."""

from __future__ import annotations

from tests.high_risk import (
    AGENTS,
    ANALYST,
    ASSISTANT,
    MODEL,
    RECORD,
    WORKFLOW,
    Changes,
    both,
    having,
)

BIOMETRIC = having("compliance.annexIII", ["5(b)", "1(a)"])
WATCHED: Changes = {
    ANALYST: BIOMETRIC,
    RECORD: both(
        having(
            "logging.biometric",
            {
                "period": "Start and end of each use, by the clock of the server",
                "database": "The digest of the reference database",
                "match": "The picture that led to the match",
                "verifiers": "The numbers of both officers",
            },
        ),
        having("oversight.twoPersons", "Two officers compare both pictures, one after the other."),
    ),
}
"""It identifies people from afar too."""

AUTHORITY: Changes = {
    RECORD: both(
        having("deployer.publicAuthority", True),
        having("registration.deployer", "Entry EU-2026-114"),
    )
}
"""A public authority uses it."""

WORKPLACE: Changes = {
    RECORD: both(
        having("deployer.workplace", True),
        having(
            "deployer.workersInformed",
            {"measure": "A letter to all", "audience": "Credit officers", "date": "2026-10-01"},
        ),
    )
}
"""It is used at a workplace."""

ATTRIBUTES: Changes = {
    ASSISTANT: both(
        having("compliance.emotionOrBiometric", True), having("compliance.publicText", True)
    ),
    RECORD: both(
        having("transparency.emotionOrBiometric", "A sign in the branch tells of the camera."),
        having("transparency.disclosure", "Each text says that a machine wrote it."),
    ),
}
"""It reads emotions and writes for the public."""

MODEL_MAKER: Changes = {
    RECORD: having(
        "generalPurpose",
        {
            "model": "haiku",
            "annexXI": "Papers MX-11",
            "annexXII": "Papers MX-12",
            "copyrightPolicy": "Policy CP-3",
            "trainingSummary": "Summary TS-1",
        },
    )
}
"""The bank provides a general-purpose model too."""

DEROGATED: Changes = {
    ANALYST: having(
        "compliance.derogation",
        {
            "condition": "a",
            "grounds": (
                "It only sorts applications by their date, and checks that all of the papers that"
                " the bank asks for are there."
            ),
            "profiling": False,
        },
    )
}
"""One of its agents claims Art. 6(3); in the workflow that does not count."""

SEPARABLE: Changes = {
    WORKFLOW: having(
        "compliance", {"separable": True, "rationale": "Each assesses another application."}
    )
}

FIELDS: dict[str, str] = {
    "role": "AIA-001",
    "intendedPurpose": "AIA-002",
    "literacy": "AIA-008",
    "literacy.measure": "AIA-008",
    "literacy.audience": "AIA-008",
    "literacy.date": "AIA-008",
    "risks": "AIA-010",
    **{
        f"risks.1.{field}": "AIA-010"
        for field in (
            "hazard",
            "affected",
            "likelihood",
            "severity",
            "mitigation",
            "residual",
            "acceptedBy",
        )
    },
    "misuse": "AIA-011",
    "misuse.0.description": "AIA-011",
    "misuse.1.risk": "AIA-011",
    "evaluation.metrics": "AIA-012",
    "evaluation.metrics.0.threshold": "AIA-012",
    "evaluation.metrics.1.setAt": "AIA-012",
    "evaluation.metrics.2.evidence": "AIA-012",
    "released": "AIA-012",
    "minorsAndVulnerable": "AIA-013",
    "data": "AIA-014",
    "data.testing": "AIA-014",
    **{f"data.testing.0.{field}": "AIA-014" for field in ("provenance", "purpose", "bias", "gaps")},
    "version": "AIA-015",
    "supersedes": "AIA-015",
    "userInterface": "AIA-018",
    "design": "AIA-020",
    **{
        f"design.{field}": "AIA-020"
        for field in ("logic", "assumptions", "optimisesFor", "tradeoffs")
    },
    "evaluation.reports": "AIA-022",
    **{f"evaluation.reports.0.{f}": "AIA-022" for f in ("file", "sha256", "date", "signedBy")},
    "security": "AIA-023",
    **{
        f"security.{field}": "AIA-023"
        for field in ("poisoning", "evasion", "confidentiality", "modelFlaws")
    },
    "performance": "AIA-024",
    "performance.groups": "AIA-024",
    "performance.groups.1.metric.evidence": "AIA-024",
    "evaluation.rationale": "AIA-025",
    "solutions": "AIA-026",
    "conformity": "AIA-027",
    "conformity.route": "AIA-027",
    "conformity.marking": "AIA-027",
    "conformity.declaration": "AIA-027",
    **{
        f"conformity.declaration.{field}": "AIA-027"
        for field in (
            "responsibility",
            "statement",
            "dataProtection",
            "standards",
            "notifiedBody",
            "signature",
        )
    },
    "qualityManagement": "AIA-028",
    "documentationYears": "AIA-028",
    "logging.events": "AIA-030",
    "logging.events.3": "AIA-030",
    "logging.store": "AIA-030",
    "logging.retentionDays": "AIA-031",
    **{f"provider.{f}": "AIA-040" for f in ("name", "address", "country", "contact")},
    "instructions": "AIA-041",
    **{
        f"instructions.{field}": "AIA-041"
        for field in ("interpretation", "limits", "maintenance", "lifetime", "logs")
    },
    "oversight.assignees": "AIA-050",
    **{
        f"oversight.assignees.0.{field}": "AIA-050"
        for field in ("role", "competence", "training", "authority", "support")
    },
    "oversight.monitoring": "AIA-051",
    "oversight.monitoring.dashboard": "AIA-051",
    "oversight.monitoring.alerts": "AIA-051",
    "oversight.automationBias": "AIA-052",
    "oversight.stop": "AIA-054",
    **{
        f"oversight.stop.{field}": "AIA-054"
        for field in ("owner", "mechanism", "maxSeconds", "safeState", "lastDrill")
    },
    "oversight.mode": "AIA-055",
    "oversight.doubt": "AIA-055",
    "robustness.fallback": "AIA-060",
    "robustness.timeouts": "AIA-060",
    "robustness.circuitBreaker": "AIA-060",
    "robustness.feedbackLoop": "AIA-061",
    "postMarket": "AIA-070",
    **{
        f"postMarket.{field}": "AIA-070"
        for field in ("sources", "cadenceDays", "triggers", "owner", "interactions")
    },
    "incident": "AIA-071",
    **{
        f"incident.{field}": "AIA-071"
        for field in ("contact", "authority", "suspension", "days", "daysWidespread", "daysDeath")
    },
    "registration": "AIA-072",
    "registration.database": "AIA-072",
    "registration.status": "AIA-072",
    "registration.memberStates": "AIA-072",
    "deployer.inputData": "AIA-080",
    "deployer.workplace": "AIA-081",
    "deployer.personsInformed": "AIA-082",
    "deployer.explanations": "AIA-082",
    "deployer.dataProtection": "AIA-083",
    "deployer.dataProtectionDate": "AIA-083",
    "deployer.publicAuthority": "AIA-085",
    "fria": "AIA-084",
    **{
        f"fria.{field}": "AIA-084"
        for field in ("processes", "period", "persons", "harms", "oversight", "measures")
    },
    "transparency.interaction": "AIA-090",
    "transparency.interaction.notice": "AIA-090",
    "transparency.interaction.notice.de": "AIA-090",
    "transparency.interaction.surface": "AIA-090",
    "transparency.marking": "AIA-091",
}
"""Fields of the record, and the duty that asks for each."""

OTHERS: list[tuple[Changes, str, str, str]] = [
    *(
        ({}, path, f"compliance.prohibited.{letter}", "AIA-003")
        for path, letter in zip(AGENTS, ("a", "f", "ba"), strict=True)
    ),
    ({}, ASSISTANT, "compliance.annexIII", "AIA-004"),
    *(
        (DEROGATED, ANALYST, f"compliance.derogation.{field}", "AIA-005")
        for field in ("condition", "grounds", "profiling")
    ),
    (SEPARABLE, WORKFLOW, "compliance.rationale", "AIA-006"),
    ({}, MODEL, "annexXII", "AIA-019"),
    ({}, MODEL, "agreement", "AIA-019"),
    *(
        (WATCHED, RECORD, f"logging.biometric.{field}", "AIA-032")
        for field in ("period", "database", "match", "verifiers")
    ),
    (WATCHED, RECORD, "logging.biometric", "AIA-032"),
    (WATCHED, RECORD, "oversight.twoPersons", "AIA-056"),
    *(
        (WORKPLACE, RECORD, f"deployer.workersInformed.{field}", "AIA-081")
        for field in ("measure", "audience", "date")
    ),
    (WORKPLACE, RECORD, "deployer.workersInformed", "AIA-081"),
    (AUTHORITY, RECORD, "registration.deployer", "AIA-085"),
    (ATTRIBUTES, RECORD, "transparency.emotionOrBiometric", "AIA-092"),
    (ATTRIBUTES, RECORD, "transparency.disclosure", "AIA-093"),
    *(
        (MODEL_MAKER, RECORD, f"generalPurpose.{paper}", "AIA-095")
        for paper in ("annexXI", "annexXII", "copyrightPolicy", "trainingSummary")
    ),
]
"""Fields of other specs, and of records that say more."""

MUTATIONS = [({}, RECORD, field, id) for field, id in FIELDS.items()] + OTHERS
