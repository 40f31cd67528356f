"""A result is valid only as long as its evidence exists, is unchanged and is about the metric."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.ai_act.evidence import digest, measured, metrics, reports
from compiler.derive import Fleet
from compiler.diagnostic import Diagnostic, Rule, Severity
from compiler.graph import Graph
from compiler.model import Report
from compiler.source import EVIDENCE

RULE = Rule("evidence-invalid", Severity.ERROR, "evidence is missing, changed or unrelated")


def check(fleet: Fleet) -> Iterator[Diagnostic]:
    """Every metric and report whose file is missing, changed, or about something else."""
    for resource, route, metric in metrics(fleet.graph):
        result = measured(fleet.graph, metric)
        if isinstance(result, str):
            yield RULE.at(
                resource.at(*route, "evidence"),
                f"the evidence of `{metric.name}` is invalid: {result}",
                help="check the file; if it is right, write its digest into `sha256`",
            )
    for resource, route, report in reports(fleet.graph):
        problem = _problem(fleet.graph, report)
        if problem:
            help = "check the report; if it is right, write its digest into `sha256`"
            yield RULE.at(
                resource.at(*route, "file"), f"the report is invalid: {problem}", help=help
            )


def _problem(graph: Graph, report: Report) -> str:
    """What is wrong with a report's file, or "" if nothing is, or no file is named."""
    if report.file is None:
        return ""
    actual = digest(graph, report.file)
    if actual is None:
        return f"there is no file `{EVIDENCE}{report.file}`"
    changed = report.sha256 is not None and report.sha256 != actual
    return f"`{report.file}` has a different digest: {actual}" if changed else ""
