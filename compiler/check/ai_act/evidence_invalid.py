"""A number counts only while the file that it comes from is there, unchanged and about it."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.ai_act.evidence import digest, measured, metrics, reports
from compiler.derive import Fleet
from compiler.diagnostic import Diagnostic, Rule, Severity
from compiler.graph import Graph
from compiler.model import Report
from compiler.source import EVIDENCE

RULE = Rule("evidence-invalid", Severity.ERROR, "evidence does not show what it is named for")


def check(fleet: Fleet) -> Iterator[Diagnostic]:
    """Every metric and report whose file is missing, changed, or about something else."""
    for resource, route, metric in metrics(fleet.graph):
        said = measured(fleet.graph, metric)
        if isinstance(said, str):
            yield RULE.at(
                resource.at(*route, "evidence"),
                f"the evidence of `{metric.name}` does not hold: {said}",
                help="look at the file; if it is right, write its digest into `sha256`",
            )
    for resource, route, report in reports(fleet.graph):
        said = _report(fleet.graph, report)
        if said:
            help = "look at the report; if it is right, write its digest into `sha256`"
            yield RULE.at(
                resource.at(*route, "file"), f"the report does not hold: {said}", help=help
            )


def _report(graph: Graph, report: Report) -> str:
    """What is wrong with a report's file, or "" where nothing is, or nothing is said."""
    if report.file is None:
        return ""
    found = digest(graph, report.file)
    if found is None:
        return f"there is no file `{EVIDENCE}{report.file}`"
    changed = report.sha256 is not None and report.sha256 != found
    return f"`{report.file}` has another digest: {found}" if changed else ""
