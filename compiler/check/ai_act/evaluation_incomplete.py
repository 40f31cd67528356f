"""A high-risk system is tested against thresholds that were set beforehand, with the results on
record (EU AI Act, Art. 9(6), 9(8), 15).
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from compiler.ai_act.evidence import Measured, measured, meets
from compiler.ai_act.law.duties import (
    CHOICE_OF_METRICS,
    RESULTS_BY_GROUP,
    TEST_METRICS,
    TEST_REPORTS,
)
from compiler.ai_act.systems import RecordedSystem
from compiler.check.gaps import LEAD, Gap, absent, lacking, report, wrong
from compiler.derive import Fleet
from compiler.diagnostic import Diagnostic, Rule, Severity
from compiler.model import Metric
from compiler.source import Route

RULE = Rule(
    "evaluation-incomplete",
    Severity.ERROR,
    "nothing shows how well a high-risk system works",
    {**LEAD, "report": 365},
)
DUTIES = (TEST_METRICS, TEST_REPORTS, RESULTS_BY_GROUP, CHOICE_OF_METRICS)

_METRIC = ("threshold", "setAt", "evidence")
"""What a metric must have; `evidence-invalid` reports a missing digest."""


def check(fleet: Fleet) -> Iterator[Diagnostic]:
    """Every metric, report and result by group that is missing, late or too bad."""
    yield from report(fleet, RULE, _gaps)


def _gaps(fleet: Fleet, system: RecordedSystem) -> Iterator[Gap]:
    if not system.binds("high-provider"):
        return
    evaluation = system.spec.evaluation
    yield from absent(TEST_METRICS, system)
    yield from absent(TEST_METRICS, system, "released")
    for index, metric in enumerate(evaluation.metrics):
        yield from _metric(fleet, system, ("evaluation", "metrics", index), metric)
    yield from absent(TEST_REPORTS, system)
    for index, entry in enumerate(evaluation.reports):
        route = ("evaluation", "reports", index)
        yield from lacking(TEST_REPORTS, system, route, entry, "a test report")
    yield from _old(fleet, system)
    yield from _groups(system)
    yield from absent(CHOICE_OF_METRICS, system)


def _old(fleet: Fleet, system: RecordedSystem) -> Iterator[Gap]:
    """The newest report must be recent, as it describes the system as it is now."""
    reports = system.spec.evaluation.reports
    days = [(entry.date, index) for index, entry in enumerate(reports) if entry.date]
    day, newest = max(days, default=(fleet.today, 0))
    most = int(fleet.parameter(RULE, "report"))
    if fleet.today - day > timedelta(days=most):
        what = f"the newest test report is more than {most} days old"
        help = "test it again, and have the report signed"
        yield wrong(TEST_REPORTS, system, ("evaluation", "reports", newest, "date"), what, help)


def _metric(fleet: Fleet, system: RecordedSystem, route: Route, metric: Metric) -> Iterator[Gap]:
    yield from lacking(TEST_METRICS, system, route, metric, f"metric `{metric.name}`", _METRIC)
    result = measured(fleet.graph, metric)
    if not isinstance(result, Measured) or result.date > fleet.today:
        return  # another check reports missing or invalid evidence
    if metric.setAt is not None and metric.setAt >= result.date:
        what = f"the threshold of `{metric.name}` was set after it was measured"
        help = f"measure again: the result is of {result.date}"
        yield wrong(TEST_METRICS, system, (*route, "setAt"), what, help)
    yield from _late(system, route, metric, result)
    if metric.threshold is not None and metric.waiver is None and not meets(metric, result):
        what = f"`{metric.name}` is {result.value:g}, and misses its threshold {metric.threshold:g}"
        help = "improve it, or state in `waiver` why it may run below, and who agreed"
        yield wrong(TEST_METRICS, system, (*route, "threshold"), what, help)


def _late(system: RecordedSystem, route: Route, metric: Metric, result: Measured) -> Iterator[Gap]:
    released = system.spec.released
    if released is not None and result.date > released:
        what = f"`{metric.name}` was measured after the release of {released}"
        help = f"release what was measured: the result is of {result.date}"
        yield wrong(TEST_METRICS, system, (*route, "evidence"), what, help)


def _groups(system: RecordedSystem) -> Iterator[Gap]:
    performance = system.spec.performance
    if performance is None or not (performance.groups or performance.notApplicable):
        help = "give results by group of persons, or say in `notApplicable` why there are none"
        yield from absent(RESULTS_BY_GROUP, system, "performance.groups", help=help)
    for index, result in enumerate(performance.groups if performance else ()):
        route = ("performance", "groups", index, "metric")
        name = f"group `{result.group}`"
        yield from lacking(RESULTS_BY_GROUP, system, route, result.metric, name, ("evidence",))
