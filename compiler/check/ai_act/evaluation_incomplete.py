"""A system of high risk is tested against thresholds that were set beforehand, with the results on
record (EU AI Act, Art. 9(6), 9(8), 15).
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from compiler.ai_act.evidence import Measured, measured, meets
from compiler.ai_act.systems import System
from compiler.check.gaps import LEAD, Gap, absent, lacking, told, wrong
from compiler.derive import Fleet
from compiler.diagnostic import Diagnostic, Rule, Severity
from compiler.model import Metric
from compiler.source import Route

RULE = Rule(
    "evaluation-incomplete",
    Severity.ERROR,
    "nothing shows how well a system of high risk works",
    {**LEAD, "report": 365},
)
DUTIES = ("AIA-012", "AIA-022", "AIA-024", "AIA-025")

_METRIC = ("threshold", "setAt", "evidence")
_REPORT = ("file", "sha256", "date", "signedBy")


def check(fleet: Fleet) -> Iterator[Diagnostic]:
    """Every metric, report and result by group that is missing, late or too bad."""
    yield from told(fleet, RULE, _gaps)


def _gaps(fleet: Fleet, system: System) -> Iterator[Gap]:
    if system.record is None or not system.binds("high-provider"):
        return
    given = system.record.spec.evaluation
    yield from absent("AIA-012", system, "evaluation.metrics")
    yield from absent("AIA-012", system, "released")
    for index, metric in enumerate(given.metrics):
        yield from _metric(fleet, system, ("evaluation", "metrics", index), metric)
    yield from absent("AIA-022", system, "evaluation.reports")
    for index, report in enumerate(given.reports):
        route = ("evaluation", "reports", index)
        yield from lacking("AIA-022", system, route, report, _REPORT, "a test report")
    yield from _old(fleet, system)
    yield from _groups(system)
    yield from absent("AIA-025", system, "evaluation.rationale")


def _old(fleet: Fleet, system: System) -> Iterator[Gap]:
    """The newest report decides: it tells of the system as it is."""
    assert system.record is not None
    reports = system.record.spec.evaluation.reports
    days = [(report.date, index) for index, report in enumerate(reports) if report.date]
    day, newest = max(days, default=(fleet.today, 0))
    most = int(fleet.parameter(RULE, "report"))
    if fleet.today - day > timedelta(days=most):
        what = f"the newest test report is more than {most} days old"
        help = "test it again, and have the report signed"
        yield wrong("AIA-022", system, ("evaluation", "reports", newest, "date"), what, help)


def _metric(fleet: Fleet, system: System, route: Route, metric: Metric) -> Iterator[Gap]:
    yield from lacking("AIA-012", system, route, metric, _METRIC, f"metric `{metric.name}`")
    result = measured(fleet.graph, metric)
    if not isinstance(result, Measured) or result.date > fleet.today:
        return  # no evidence, or evidence that another check tells of
    if metric.setAt is not None and metric.setAt >= result.date:
        what = f"the threshold of `{metric.name}` was set after it was measured"
        help = f"measure again: the result is of {result.date}"
        yield wrong("AIA-012", system, (*route, "setAt"), what, help)
    yield from _late(system, route, metric, result)
    if metric.threshold is not None and metric.waiver is None and not meets(metric, result):
        what = f"`{metric.name}` is {result.value:g}, and misses its threshold {metric.threshold:g}"
        help = "make it better, or say in `waiver` why it may run so, and who agreed"
        yield wrong("AIA-012", system, (*route, "threshold"), what, help)


def _late(system: System, route: Route, metric: Metric, result: Measured) -> Iterator[Gap]:
    assert system.record is not None
    released = system.record.spec.released
    if released is not None and result.date > released:
        what = f"`{metric.name}` was measured after the release of {released}"
        help = f"release what was measured: the result is of {result.date}"
        yield wrong("AIA-012", system, (*route, "evidence"), what, help)


def _groups(system: System) -> Iterator[Gap]:
    assert system.record is not None
    given = system.record.spec.performance
    if given is None or not (given.groups or given.notApplicable):
        help = "give results by group of persons, or say in `notApplicable` why there are none"
        yield from absent("AIA-024", system, "performance.groups", help=help)
    for index, result in enumerate(given.groups if given else ()):
        route = ("performance", "groups", index, "metric")
        yield from lacking(
            "AIA-024", system, route, result.metric, ("evidence",), f"group `{result.group}`"
        )
