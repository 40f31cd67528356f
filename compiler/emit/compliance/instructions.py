"""The instructions for use, letter by letter of Art. 13(3)."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.ai_act.law import MEMBER_STATES, duties
from compiler.emit.compliance import evidence
from compiler.emit.compliance.sheet import Sheet
from compiler.emit.format.markdown import (
    Block,
    Bullets,
    Code,
    Content,
    Definitions,
    Heading,
    Link,
    Paragraph,
    Table,
)

_PROVIDER = {"name": "Name", "address": "Address", "country": "Country", "contact": "Contact"}


def body(sheet: Sheet) -> Iterator[Block]:
    """(a) to (f)."""
    yield sheet.heading("(a) Provider", duties.PROVIDER_IDENTITY)
    yield sheet.answers(duties.PROVIDER_IDENTITY, "provider", _PROVIDER)
    if sheet.found("provider.country") not in MEMBER_STATES:
        fields = {"representative": "Authorised representative in the Union"}
        yield sheet.answers(duties.PROVIDER_IDENTITY, "provider", fields)
    yield from _performance(sheet)
    yield Heading(2, "(c) Changes assessed beforehand")
    yield Bullets(list(sheet.found("predeterminedChanges") or ("none",)))
    yield Heading(2, "(d) Human oversight")
    yield Paragraph(("See ", Link("oversight.md", "oversight.md"), "."))
    yield Heading(2, "(e) Resources, lifetime and maintenance")
    for agent in sheet.system.members:
        limits = agent.spec.resources.limits
        yield Paragraph((Code(agent.name), f": {limits.cpu} CPU cores and {limits.memory} memory"))
    fields = {"lifetime": "Lifetime", "maintenance": "Maintenance"}
    yield sheet.answers(duties.INSTRUCTIONS_FOR_USE, "instructions", fields)
    yield Heading(2, "(f) Logs")
    yield Paragraph(sheet.answer(duties.INSTRUCTIONS_FOR_USE, "instructions.logs"))
    yield Paragraph(("See ", Link("logging.md", "logging.md"), "."))


def _performance(sheet: Sheet) -> Iterator[Block]:
    """(b): what it is for, how well it does that, and where it fails."""
    yield sheet.heading(
        "(b) What it does, how well, and where it fails", duties.INSTRUCTIONS_FOR_USE
    )
    purpose = sheet.found("intendedPurpose") or "not recorded; see classification.md"
    yield Definitions(
        [
            ("Intended purpose", purpose),
            (
                "How results are read",
                sheet.answer(duties.INSTRUCTIONS_FOR_USE, "instructions.interpretation"),
            ),
            ("Limits", sheet.answer(duties.INSTRUCTIONS_FOR_USE, "instructions.limits")),
        ]
    )
    metrics = sheet.found("evaluation.metrics") or ()
    yield Table(
        ("Metric", "Threshold", "Result", "Measured", "Met"),
        [(metric.name, *evidence.result(sheet, metric, duties.TEST_METRICS)) for metric in metrics],
    )
    yield Bullets(
        [f"Misuse: {m.description}" for m in sheet.found("misuse") or () if m.description]
    )
    for title, texts in _cards(sheet).items():
        yield Heading(3, title)
        yield Bullets(texts)


def _cards(sheet: Sheet) -> dict[str, list[Content]]:
    """What the agents' cards say, where they say something."""
    members = sheet.system.members
    found: dict[str, list[Content]] = {
        "What its agents cannot do": [
            (Code(a.name), f": {text}") for a in members for text in a.spec.card.limitations
        ],
        "What it must not be used for": [
            (Code(a.name), f": {text}") for a in members for text in a.spec.card.outOfScope
        ],
        "Known risks": [
            (Code(a.name), f": {one.risk} {one.mitigation}")
            for a in members
            for one in a.spec.card.risks
        ],
    }
    return {title: texts for title, texts in found.items() if texts}
