"""What happens after a serious incident, and how it is watched in use (Art. 72, 73)."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.ai_act.law import duties
from compiler.emit.compliance.sheet import Sheet
from compiler.emit.format.markdown import Block, Definitions, Link, Paragraph, Steps

_DEADLINES = {
    "days": "Days until a report of a serious incident (15 at most)",
    "daysWidespread": "Days where it is widespread, or critical infrastructure fails (2 at most)",
    "daysDeath": "Days where a person died (10 at most)",
}
_WATCHED = {
    "sources": "Sources",
    "cadenceDays": "Days between reviews (90 at most)",
    "triggers": "What calls for a review at once",
    "interactions": "Work with other AI systems",
}


def body(sheet: Sheet) -> Iterator[Block]:
    """The runbook: stop, keep, tell, report, look into, mend."""
    yield sheet.heading("Whom to call, and until when to report", duties.INCIDENT_REPORTING)
    suspends = sheet.person(duties.INCIDENT_REPORTING, sheet.found("incident.suspension"))
    yield Definitions(
        [
            ("Called", sheet.answer(duties.INCIDENT_REPORTING, "incident.contact")),
            ("Suspends its use", suspends),
            (
                "Market surveillance authority",
                sheet.answer(duties.INCIDENT_REPORTING, "incident.authority"),
            ),
            *(
                (term, sheet.answer(duties.INCIDENT_REPORTING, f"incident.{f}"))
                for f, term in _DEADLINES.items()
            ),
        ]
    )
    yield sheet.heading("Runbook")
    role = sheet.found("role")
    tell = "the market surveillance authority, and the deployers"
    other = "the provider at once, then the importer or distributor, and the authority"
    keep = "Keep the records, and change nothing that explains what happened: events, store and"
    find = "Find the cause, and judge the risk anew; do not alter the system before the authority"
    yield Steps(
        [
            ("Stop it: the runbook of the stop is in ", Link("oversight.md", "oversight.md"), "."),
            (f"{keep} days are in ", Link("logging.md", "logging.md"), "."),
            "Write down when it was noticed: days count from then.",
            f"Tell {other if role == 'deployer' else tell}, within the days above.",
            f"{find} knows of it (Art. 73(6)).",
            "Correct, withdraw or disable it (Art. 20), and write down which.",
        ]
    )  # fmt: skip


def watched(sheet: Sheet) -> Iterator[Block]:
    """The plan of post-market monitoring."""
    yield sheet.heading("Plan", duties.POST_MARKET_MONITORING)
    yield Definitions(
        [
            (
                "Who reviews",
                sheet.person(duties.POST_MARKET_MONITORING, sheet.found("postMarket.owner")),
            )
        ]
    )
    yield sheet.answers(duties.POST_MARKET_MONITORING, "postMarket", _WATCHED)
    yield Paragraph("The Commission gives a template until 2027-09-02 (Art. 72(3)).")
