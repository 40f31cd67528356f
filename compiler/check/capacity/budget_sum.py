"""A total that differs from the sum of its rows leads to the wrong machines being bought."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.derive import Fleet
from compiler.derive.quantity import cpu, in_bytes, memory, millicores
from compiler.diagnostic import Diagnostic, Label, Rule, Severity

RULE = Rule(
    "budget-sum", Severity.ERROR, "the stated total of the budget is not the sum of its rows"
)


def check(fleet: Fleet) -> Iterator[Diagnostic]:
    """Every place where the stated total of the budget is not the sum of its rows."""
    platform, budget = fleet.platform_resource, fleet.platform.budget
    for side in ("requests", "limits"):
        for field, measure, write in (("cpu", millicores, cpu), ("memory", in_bytes, memory)):
            stated = getattr(getattr(budget.total, side), field)
            added = sum(
                row.units * row.pods * measure(getattr(getattr(row.each, side), field))
                for row in budget.rows
            )
            if measure(stated) != added:
                yield RULE.at(
                    platform.at("budget", "total", side, field),
                    f"the rows add up to {write(added)}, not {stated}",
                    help=f"write `{write(added)}`, or correct the rows",
                    related=[Label(platform.key_at("budget", "rows"), "the rows")],
                )
