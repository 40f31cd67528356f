"""Evidence files: results of metrics with their date and data, or what is wrong with the file."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from typing import NamedTuple

from compiler.ai_act.placeholders import placeholder
from compiler.graph import Graph, Resource
from compiler.model import Agent, AISystem, LanguageModel, Metric, Report, Spec
from compiler.source import EVIDENCE, Route


class Measured(NamedTuple):
    """A result, as its evidence says."""

    value: float
    date: date
    dataset: str
    samples: int


def digest(graph: Graph, name: str) -> str | None:
    """The SHA-256 of an evidence file, or None where there is none."""
    source = graph.texts.get(f"{EVIDENCE}{name}")
    return None if source is None else source.sha256


def measured(graph: Graph, metric: Metric) -> Measured | str | None:
    """The result of a metric; None if it names no evidence; a clause on what is wrong with it."""
    if metric.evidence is None:
        return None
    actual = digest(graph, metric.evidence)
    if actual is None:
        return f"there is no file `{EVIDENCE}{metric.evidence}`"
    if metric.sha256 is None:
        return f"`{metric.evidence}` has no digest beside it: {actual}"
    if metric.sha256 != actual:
        return f"`{metric.evidence}` has a different digest: {actual}"
    try:
        data = json.loads(graph.texts[f"{EVIDENCE}{metric.evidence}"].text)
    except (ValueError, RecursionError):
        data = None
    if not isinstance(data, dict):
        return f"`{metric.evidence}` is not a JSON object"
    if data.get("metric") != metric.name:
        return f"`{metric.evidence}` is about {json.dumps(data.get('metric'))}"
    for name, fits in _FIELDS.items():
        if not fits(data.get(name)):
            return f"`{metric.evidence}` has no valid `{name}`"
    day = date.fromisoformat(data["date"])
    return Measured(float(data["value"]), day, data["dataset"], data["samples"])


def _number(value: object) -> bool:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return -_LARGEST < value < _LARGEST  # false for infinities and NaN


def _day(value: object) -> bool:
    try:
        return isinstance(value, str) and date.fromisoformat(value).isoformat() == value
    except ValueError:
        return False


_LARGEST = 1e15
_FIELDS: Mapping[str, Callable[[object], bool]] = {
    "value": _number,
    "date": _day,
    "dataset": lambda value: isinstance(value, str) and not placeholder(value),
    "samples": lambda value: type(value) is int and 0 < value < _LARGEST,
}


def meets(metric: Metric, result: Measured) -> bool:
    """Whether a result is as good as the threshold; without a threshold nothing is."""
    if metric.threshold is None:
        return False
    if metric.better == "higher":
        return result.value >= metric.threshold
    return result.value <= metric.threshold


def metrics(graph: Graph) -> Iterator[tuple[Resource[Spec], Route, Metric]]:
    """Every metric, with the resource that names it and where."""
    for record in graph.all(AISystem):
        for index, metric in enumerate(record.spec.evaluation.metrics):
            yield record, ("evaluation", "metrics", index), metric
        performance = record.spec.performance
        for index, result in enumerate(performance.groups if performance else ()):
            yield record, ("performance", "groups", index, "metric"), result.metric
    others: list[Resource[Agent] | Resource[LanguageModel]]
    others = [*graph.all(Agent), *graph.all(LanguageModel)]
    for resource in others:
        for index, metric in enumerate(resource.spec.evaluation):
            yield resource, ("evaluation", index), metric


def reports(graph: Graph) -> Iterator[tuple[Resource[Spec], Route, Report]]:
    """Every test report, with the resource that names it and where."""
    for record in graph.all(AISystem):
        for index, report in enumerate(record.spec.evaluation.reports):
            yield record, ("evaluation", "reports", index), report
