"""A measurement, a signature or a training cannot have a date in the future."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from compiler.ai_act.evidence import Measured, measured, metrics, reports
from compiler.ai_act.fields import value
from compiler.derive import Fleet
from compiler.diagnostic import Diagnostic, Rule, Severity
from compiler.model import AISystem

RULE = Rule("evaluation-in-future", Severity.ERROR, "an evaluation has a day that is in the future")

_DONE = ("literacy.date", "deployer.workersInformed.date", "deployer.dataProtectionDate")


def check(fleet: Fleet) -> Iterator[Diagnostic]:
    """Every metric whose evidence, and every report, is of a later day than today."""
    for resource, route, metric in metrics(fleet.graph):
        result = measured(fleet.graph, metric)
        if isinstance(result, Measured) and result.date > fleet.today:
            yield RULE.at(
                resource.at(*route, "evidence"),
                f"`{metric.evidence}` says that it was measured on {result.date}, which is in the"
                " future",
                help="write the day of the measurement into the evidence, and its new digest here",
            )
    for record in fleet.graph.all(AISystem):
        for field in _DONE:
            day = value(record.spec, field)
            if isinstance(day, date) and day > fleet.today:
                message = f"`{field}` says that it was done on {day}, which is in the future"
                help = "write the day on which it was done"
                yield RULE.at(record.at(*field.split(".")), message, help=help)
    for resource, route, report in reports(fleet.graph):
        if report.date is not None and report.date > fleet.today:
            message = f"the report was signed on {report.date}, which is in the future"
            span = resource.at(*route, "date")
            yield RULE.at(span, message, help="write the day on which it was signed")
