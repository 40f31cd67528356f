"""What Annex IV asks of risks, data, tests and results; every number comes from evidence."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from compiler.ai_act.evidence import Measured, digest, measured, meets
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
    yield sheet.heading("3. Monitoring, functioning and control", "AIA-024")
    yield from _performance(sheet)
    yield Heading(3, "Limitations, as the agents' cards say")
    limits = [(a.name, text) for a in sheet.system.members for text in a.spec.card.limitations]
    yield Bullets([(Code(name), f": {text}") for name, text in limits])
    yield sheet.heading("4. Why these metrics", "AIA-025")
    yield Paragraph(sheet.answer("AIA-025", "evaluation.rationale"))
    yield from _risks(sheet)


def data(sheet: Sheet) -> Iterator[Block]:
    """2(d): data sets."""
    yield sheet.heading("2(d) Data", "AIA-014", level=3)
    found = sheet.found("data")
    rows = [
        (
            "training" if one in found.training else "testing",
            one.name,
            *_cells(sheet, one, "AIA-014", _DATA),
        )
        for one in ((*found.training, *found.testing) if found else ())
    ]
    if not rows:
        yield Paragraph(sheet.gap("AIA-014"))
    elif not found.training:
        yield Paragraph("Nothing is trained here.")
    yield Table(("For", "Data set", *(word.capitalize() for word in _DATA)), rows)


def tests(sheet: Sheet) -> Iterator[Block]:
    """2(g): metrics and reports."""
    yield sheet.heading("2(g) Validation and testing: metrics", "AIA-012", level=3)
    metrics = sheet.found("evaluation.metrics") or ()
    yield from _results(sheet, metrics)
    if not metrics:
        yield Paragraph(sheet.gap("AIA-012"))
    yield sheet.heading("2(g) Validation and testing: reports", "AIA-022", level=3)
    rows: list[tuple[Content, ...]] = []
    for report in sheet.found("evaluation.reports") or ():
        cells = _cells(sheet, report, "AIA-022", ("file", "date", "signedBy"))
        whole = report.file and digest(sheet.fleet.graph, report.file) == report.sha256
        rows.append((*cells, "as recorded" if whole else Strong("another, or no file")))
    if not rows:
        yield Paragraph(sheet.gap("AIA-022"))
    yield Table(("Report", "Date", "Signed by", "Digest"), rows)


def _results(sheet: Sheet, metrics: Iterable[Metric]) -> Iterator[Block]:
    rows = [(metric.name, *result(sheet, metric, "AIA-012")) for metric in metrics]
    yield Table(("Metric", "Threshold", "Result", "Measured", "Met"), rows)


def result(sheet: Sheet, metric: Metric, id: str) -> tuple[Content, Content, Content, Content]:
    """Threshold, value, when and with what, and whether it is met, as the evidence says."""
    sign = "at least" if metric.better == "higher" else "at most"
    limit = sheet.gap(id)
    if metric.threshold is not None:
        limit = f"{sign} {metric.threshold:g}, set on {metric.setAt or 'no recorded day'}"
    found = measured(sheet.fleet.graph, metric)
    if not isinstance(found, Measured):
        return limit, sheet.gap(id) if found is None else Strong(found), "", ""
    when = f"{found.date}, {found.dataset}, {found.samples} samples"
    met = "yes" if meets(metric, found) else f"no; {metric.waiver or 'no waiver'}"
    return limit, f"{found.value:g}", when, met


def _performance(sheet: Sheet) -> Iterator[Block]:
    found = sheet.found("performance")
    groups = found.groups if found else ()
    rows = [(one.group, one.metric.name, *result(sheet, one.metric, "AIA-024")) for one in groups]
    yield Table(("Group", "Metric", "Threshold", "Result", "Measured", "Met"), rows)
    if not rows:
        yield Paragraph(sheet.answer("AIA-024", "performance.notApplicable"))


def _risks(sheet: Sheet) -> Iterator[Block]:
    yield sheet.heading("5. Risk management", "AIA-010")
    risks = sheet.found("risks") or ()
    if not risks:
        yield Paragraph(sheet.gap("AIA-010"))
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
    yield Table(heads, [(Code(r.id), *_cells(sheet, r, "AIA-010", _RISK)) for r in risks])
    yield sheet.heading("Foreseeable misuse", "AIA-011", level=3)
    misuse = sheet.found("misuse") or ()
    if not misuse:
        yield Paragraph(sheet.gap("AIA-011"))
    rows = [_cells(sheet, one, "AIA-011", ("description", "risk")) for one in misuse]
    yield Table(("Misuse", "Risk"), rows)
    yield sheet.heading("Minors and vulnerable groups", "AIA-013", level=3)
    yield Paragraph(sheet.answer("AIA-013", "minorsAndVulnerable"))


def _cells(sheet: Sheet, one: object, id: str, fields: Iterable[str]) -> list[Content]:
    return [sheet.said(id, getattr(one, field)) for field in fields]
