"""What Annex IV asks of risks, data, tests and results; every number comes from evidence."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from compiler.ai_act.evidence import Measured, digest, measured, meets
from compiler.ai_act.law import Duty, duties
from compiler.emit.compliance.sheet import Sheet
from compiler.emit.format.markdown import (
    Block,
    Bullets,
    Code,
    Content,
    Heading,
    Paragraph,
    Strong,
    Table,
)
from compiler.model import Metric

_RISK = ("hazard", "affected", "likelihood", "severity", "mitigation", "residual", "acceptedBy")
_DATA = ("provenance", "purpose", "bias", "gaps")


def body(sheet: Sheet) -> Iterator[Block]:
    """Points 3 to 5 of Annex IV."""
    yield sheet.heading("3. Monitoring, functioning and control", duties.RESULTS_BY_GROUP)
    yield from _performance(sheet)
    yield Heading(3, "Limitations, as the agents' cards say")
    limits = [(a.name, text) for a in sheet.system.members for text in a.spec.card.limitations]
    yield Bullets([(Code(name), f": {text}") for name, text in limits])
    yield sheet.heading("4. Why these metrics", duties.CHOICE_OF_METRICS)
    yield Paragraph(sheet.answer(duties.CHOICE_OF_METRICS, "evaluation.rationale"))
    yield from _risks(sheet)


def data(sheet: Sheet) -> Iterator[Block]:
    """2(d): data sets."""
    yield sheet.heading("2(d) Data", duties.DATA_GOVERNANCE, level=3)
    found = sheet.found("data")
    rows = [
        (
            "training" if one in found.training else "testing",
            one.name,
            *_cells(sheet, one, duties.DATA_GOVERNANCE, _DATA),
        )
        for one in ((*found.training, *found.testing) if found else ())
    ]
    if not rows:
        yield Paragraph(sheet.gap(duties.DATA_GOVERNANCE))
    elif not found.training:
        yield Paragraph("Nothing is trained here.")
    yield Table(("For", "Data set", *(word.capitalize() for word in _DATA)), rows)


def tests(sheet: Sheet) -> Iterator[Block]:
    """2(g): metrics and reports."""
    yield sheet.heading("2(g) Validation and testing: metrics", duties.TEST_METRICS, level=3)
    metrics = sheet.found("evaluation.metrics") or ()
    yield from _results(sheet, metrics)
    if not metrics:
        yield Paragraph(sheet.gap(duties.TEST_METRICS))
    yield sheet.heading("2(g) Validation and testing: reports", duties.TEST_REPORTS, level=3)
    rows: list[tuple[Content, ...]] = []
    for report in sheet.found("evaluation.reports") or ():
        cells = _cells(sheet, report, duties.TEST_REPORTS, ("file", "date", "signedBy"))
        whole = report.file and digest(sheet.fleet.graph, report.file) == report.sha256
        rows.append((*cells, "as recorded" if whole else Strong("another, or no file")))
    if not rows:
        yield Paragraph(sheet.gap(duties.TEST_REPORTS))
    yield Table(("Report", "Date", "Signed by", "Digest"), rows)


def _results(sheet: Sheet, metrics: Iterable[Metric]) -> Iterator[Block]:
    rows = [(metric.name, *result(sheet, metric, duties.TEST_METRICS)) for metric in metrics]
    yield Table(("Metric", "Threshold", "Result", "Measured", "Met"), rows)


def result(sheet: Sheet, metric: Metric, duty: Duty) -> tuple[Content, Content, Content, Content]:
    """Threshold, value, when and with what, and whether it is met, as the evidence says."""
    sign = "at least" if metric.better == "higher" else "at most"
    limit = sheet.gap(duty)
    if metric.threshold is not None:
        limit = f"{sign} {metric.threshold:g}, set on {metric.setAt or 'no recorded day'}"
    found = measured(sheet.fleet.graph, metric)
    if not isinstance(found, Measured):
        return limit, sheet.gap(duty) if found is None else Strong(found), "", ""
    when = f"{found.date}, {found.dataset}, {found.samples} samples"
    met = "yes" if meets(metric, found) else f"no; {metric.waiver or 'no waiver'}"
    return limit, f"{found.value:g}", when, met


def _performance(sheet: Sheet) -> Iterator[Block]:
    found = sheet.found("performance")
    groups = found.groups if found else ()
    rows = [
        (one.group, one.metric.name, *result(sheet, one.metric, duties.RESULTS_BY_GROUP))
        for one in groups
    ]
    yield Table(("Group", "Metric", "Threshold", "Result", "Measured", "Met"), rows)
    if not rows:
        yield Paragraph(sheet.answer(duties.RESULTS_BY_GROUP, "performance.notApplicable"))


def _risks(sheet: Sheet) -> Iterator[Block]:
    yield sheet.heading("5. Risk management", duties.RISK_FILE)
    risks = sheet.found("risks") or ()
    if not risks:
        yield Paragraph(sheet.gap(duties.RISK_FILE))
    heads = (
        "Risk",
        "Hazard",
        "Affected",
        "Likelihood",
        "Severity",
        "Mitigation",
        "Left",
        "Accepted by",
    )
    yield Table(heads, [(Code(r.id), *_cells(sheet, r, duties.RISK_FILE, _RISK)) for r in risks])
    yield sheet.heading("Foreseeable misuse", duties.FORESEEABLE_MISUSE, level=3)
    misuse = sheet.found("misuse") or ()
    if not misuse:
        yield Paragraph(sheet.gap(duties.FORESEEABLE_MISUSE))
    rows = [
        _cells(sheet, one, duties.FORESEEABLE_MISUSE, ("description", "risk")) for one in misuse
    ]
    yield Table(("Misuse", "Risk"), rows)
    yield sheet.heading("Minors and vulnerable groups", duties.VULNERABLE_GROUPS, level=3)
    yield Paragraph(sheet.answer(duties.VULNERABLE_GROUPS, "minorsAndVulnerable"))


def _cells(sheet: Sheet, one: object, duty: Duty, fields: Iterable[str]) -> list[Content]:
    return [sheet.said(duty, getattr(one, field)) for field in fields]
