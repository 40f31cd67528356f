"""Words that pages of agents and models share: answers, gaps, names, results."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from compiler.ai_act.evidence import Measured, measured, meets
from compiler.ai_act.law import LAW
from compiler.derive import Fleet
from compiler.derive.owners import owners
from compiler.emit.format.markdown import (
    Block,
    Bullets,
    Code,
    Content,
    Heading,
    Inline,
    Paragraph,
    Table,
)
from compiler.graph import Resource
from compiler.model import Metric, Spec
from compiler.source import EVIDENCE

RESULTS = ("Metric", "Result", "Threshold", "Data", "Measured on", "Evidence")


def gap(field: str, more: str = "") -> Content:
    """What stands where an answer should stand: the field that is silent, and what asks for it."""
    return ("Not answered: ", Code(field), more)


def or_gap(found: object, field: str, more: str = "") -> Content:
    """An answer, or its gap."""
    return gap(field, more) if found is None else str(found)


def codes(names: Iterable[str]) -> tuple[Inline, ...]:
    """Names of machines in a row, or a dash."""
    parts: list[Inline] = []
    for name in names:
        parts += [", "] * bool(parts) + [Code(name)]
    return tuple(parts) or ("-",)


def section(title: str, *blocks: Block) -> Iterator[Block]:
    """A section of a page."""
    yield Heading(2, title)
    yield from blocks


def listed(items: Sequence[str], field: str) -> Block:
    """Sentences one by one, or their gap."""
    return Bullets(items) if items else Paragraph(gap(field))


def tabled(head: Sequence[Content], rows: Sequence[Sequence[Content]], nothing: Content) -> Block:
    """A table, or a sentence where it has no rows."""
    return Table(head, rows) if rows else Paragraph(nothing)


def owner(fleet: Fleet, name: str | None, field: str) -> Content:
    """Who that is and how they are reached, or the gap."""
    if name is None:
        return gap(field)
    known = owners(fleet.graph).get(name)
    return f"{name} ({known.contact})" if known else f"{name} (contact not listed)"


def old_results(fleet: Fleet, metrics: Iterable[Metric]) -> Block:
    """What was measured, by evidence alone; a metric without it is a gap."""
    rows = [_result(fleet, metric) for metric in metrics]
    return tabled(RESULTS, rows, gap("evaluation", ": no evidence of a measurement is named"))


def _result(fleet: Fleet, metric: Metric) -> Sequence[Content]:
    found = measured(fleet.graph, metric)
    threshold = "none set" if metric.threshold is None else _bound(metric)
    if not isinstance(found, Measured):
        return metric.name, gap("evidence", f": {found}" if found else ""), threshold, "-", "-", "-"
    verdict = "met" if meets(metric, found) else f"not met; {metric.waiver or 'no waiver'}"
    return (
        metric.name,
        repr(found.value),
        threshold if metric.threshold is None else f"{threshold}: {verdict}",
        f"{found.dataset}, {found.samples} samples",
        str(found.date),
        Code(f"{EVIDENCE}{metric.evidence}"),
    )


def _bound(metric: Metric) -> str:
    return f"{'at least' if metric.better == 'higher' else 'at most'} {metric.threshold!r}"


def foot(resource: Resource[Spec], *, law: bool) -> Iterator[Block]:
    """Where a page comes from, and which law it speaks of."""
    yield Heading(2, "About this card")
    path = resource.document.source.path
    yield Paragraph(("Made from ", Code(path), " and the specs around it by Roster; edit those."))
    if law:
        yield Paragraph(
            f"{LAW.name}: {LAW.citation} as amended by {LAW.amended}, consolidated on"
            f" {LAW.consolidated}; rules reviewed on {LAW.reviewed}. Not legal advice."
        )


def contact(fleet: Fleet, name: str | None) -> dict[str, str] | None:
    """A person or team by name, and how they are reached ("" where that is not listed)."""
    if name is None:
        return None
    known = owners(fleet.graph).get(name)
    return {"name": name, "contact": known.contact if known else ""}


def results(fleet: Fleet, metrics: Iterable[Metric]) -> list[dict[str, object]]:
    """Each metric, and what its evidence says; `reason` is why there is no result."""
    return [_measurement(fleet, metric) for metric in metrics]


def _measurement(fleet: Fleet, metric: Metric) -> dict[str, object]:
    result = measured(fleet.graph, metric)
    facts = {"name": metric.name, "better": metric.better, "threshold": metric.threshold}
    if not isinstance(result, Measured):
        return {**facts, "measured": False, "reason": result}
    return {
        **facts,
        "measured": True,
        "value": result.value,
        "met": None if metric.threshold is None else meets(metric, result),
        "waiver": metric.waiver,
        "dataset": result.dataset,
        "samples": result.samples,
        "date": result.date,
        "evidence": f"{EVIDENCE}{metric.evidence}",
    }


def source(resource: Resource[Spec], *, law: bool) -> dict[str, object]:
    """Where a card comes from, and the law that it speaks of, if any."""
    return {"path": resource.document.source.path, "law": LAW if law else None}
