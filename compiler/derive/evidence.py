"""Evidence files: what was measured, when, with what; or what is wrong with the file."""

from __future__ import annotations

import json
from datetime import date
from hashlib import sha256
from typing import NamedTuple

from compiler.graph import Graph
from compiler.model import Metric

FOLDER = "specs/evidence"


class Measured(NamedTuple):
    """A result, as its evidence says."""

    value: float
    date: date
    dataset: str
    samples: int


def digest(graph: Graph, name: str) -> str | None:
    """The SHA-256 of an evidence file (lines end in LF), or None where there is none."""
    source = graph.texts.get(f"{FOLDER}/{name}")
    return None if source is None else sha256(source.text.encode()).hexdigest()


def measured(graph: Graph, metric: Metric) -> Measured | str | None:
    """The result of a metric; None where no evidence is named; a clause where it is unfit."""
    if metric.evidence is None:
        return None
    found = digest(graph, metric.evidence)
    if found is None:
        return f"there is no file `{FOLDER}/{metric.evidence}`"
    if metric.sha256 != found:
        return f"`{metric.evidence}` has another digest: {found}"
    try:
        data = json.loads(graph.texts[f"{FOLDER}/{metric.evidence}"].text)
        day = date.fromisoformat(data["date"])
        result = Measured(float(data["value"]), day, str(data["dataset"]), int(data["samples"]))
    except (ValueError, TypeError, KeyError, RecursionError):
        return f"`{metric.evidence}` lacks a value, date, dataset or samples"
    return result if data.get("metric") == metric.name else _other(metric, data.get("metric"))


def _other(metric: Metric, name: object) -> str:
    return f"`{metric.evidence}` is about `{name}`"


def meets(metric: Metric, result: Measured) -> bool:
    """Whether a result is as good as the threshold; without a threshold nothing is."""
    if metric.threshold is None:
        return False
    if metric.better == "higher":
        return result.value >= metric.threshold
    return result.value <= metric.threshold
