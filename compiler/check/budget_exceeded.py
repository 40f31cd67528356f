"""What is planned must fit: pods beyond the budget stay pending."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.derive import Fleet
from compiler.derive.quantity import cpu, in_bytes, memory, millicores
from compiler.diagnostic import Diagnostic, Label, Rule, Severity
from compiler.model import Cluster

RULE = Rule("budget-exceeded", Severity.ERROR, "a production cluster needs more than its budget")


def check(fleet: Fleet) -> Iterator[Diagnostic]:
    """Every place where a production cluster needs more than its budget."""
    for cluster in fleet.graph.all(Cluster):
        if cluster.spec.environment != "prod":
            continue
        for part in ("servers", "agents", "infrastructure"):
            rows = [row for row in fleet.platform.budget.rows if row.component == part]
            here = [x for x in fleet.loads if x.cluster == cluster.name and x.part == part]
            for i, (field, measure, write) in enumerate(
                (("cpu", millicores, cpu), ("memory", in_bytes, memory))
            ):
                needed = sum(load.pods * load.requests[i] for load in here)
                most = sum(
                    row.units * row.pods * measure(getattr(row.each.requests, field))
                    for row in rows
                )
                if needed > most:
                    yield RULE.at(
                        fleet.platform_resource.key_at("budget", "rows"),
                        f"the {part} of `{cluster.name}` request {write(needed)} of {field},"
                        f" and the budget has {write(most)}",
                        help="raise the budget, or run less",
                        related=[Label(cluster.name_span, "in this cluster")],
                    )
