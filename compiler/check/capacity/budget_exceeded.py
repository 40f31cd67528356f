"""Pods beyond the budget of a cluster stay pending."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.derive import Fleet
from compiler.derive.quantity import cpu, in_bytes, memory, millicores
from compiler.diagnostic import Diagnostic, Label, Rule, Severity
from compiler.graph import Resource
from compiler.model import Cluster

RULE = Rule("budget-exceeded", Severity.ERROR, "a production cluster needs more than its budget")
_MEASURES = (("cpu", millicores, cpu), ("memory", in_bytes, memory))


def check(fleet: Fleet) -> Iterator[Diagnostic]:
    """Every place where a production cluster needs more than its budget."""
    for cluster in fleet.graph.all(Cluster):
        if cluster.spec.environment == "prod":
            for part in ("servers", "agents", "infrastructure"):
                yield from _part(fleet, cluster, part)


def _part(fleet: Fleet, cluster: Resource[Cluster], part: str) -> Iterator[Diagnostic]:
    platform = fleet.platform_resource
    all_rows = enumerate(fleet.platform.budget.rows)
    rows = [(i, row) for i, row in all_rows if row.component == part]
    loads = [x for x in fleet.loads if x.cluster == cluster.name and x.part == part]
    route = ("budget", "rows", rows[0][0], "name") if rows else ("budget", "rows")
    for i, (field, measure, write) in enumerate(_MEASURES):
        needed = sum(load.pods * load.requests[i] for load in loads)
        most = sum(
            row.units * row.pods * measure(getattr(row.each.requests, field)) for _, row in rows
        )
        if needed > most:
            budget = f"the budget has {write(most)}" if rows else "the budget has no row for them"
            yield RULE.at(
                cluster.name_span,
                f"the {part} of `{cluster.name}` request {write(needed)} of {field}, and {budget}",
                help="raise the budget, or deploy less",
                related=[Label(platform.at(*route), "the budget")],
            )
