"""`roster capacity`: the budget and its sum, and the capacity that the specs use."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from compiler.cli import inputs
from compiler.cli.session import analysed, root_option, table, today_option

if TYPE_CHECKING:
    from compiler.derive import Fleet
    from compiler.derive.capacity import Row


@click.command()
@root_option
@today_option
@click.option("--format", type=click.Choice(("table", "json")), default="table")
def command(root: Path, today: date, format: str) -> None:
    """Show pods, CPU and memory: the budget with its sum, and what each cluster runs."""
    from compiler.derive.capacity import budget, total, usage

    fleet = analysed(inputs.read(root), today)
    rows = budget(fleet)
    used = usage(fleet)
    if format == "json":
        click.echo(json.dumps(_document(rows, total(rows), used), indent=2))
        return
    click.echo("Budget of a production cluster\n")
    click.echo(_budget(rows, total(rows), fleet), nl=False)
    for cluster in dict.fromkeys(row.cluster for row in used):
        usage_rows = [row for row in used if row.cluster == cluster]
        click.echo(f"\nCluster {cluster}: what the specs run (typical; most when scaled out)\n")
        click.echo(_usage(usage_rows, total(usage_rows), fleet), nl=False)


def _cores(millicores: int) -> str:
    return f"{millicores / 1000:g}"


def _gigabytes(amount: int) -> str:
    return f"{amount / 10**9:g}"


def _amounts(row: Row) -> tuple[str, ...]:
    (cpu, memory), (most_cpu, most_memory) = row.requests, row.limits
    return _cores(cpu), _cores(most_cpu), _gigabytes(memory), _gigabytes(most_memory)


_HEAD = ("PODS", "CPU", "CPU LIMIT", "GB", "GB LIMIT")


def _budget(rows: list[Row], sum: Row, fleet: Fleet) -> str:
    lines = [(row.component, str(row.pods), *_amounts(row)) for row in (*rows, sum)]
    stated = fleet.platform.budget.total
    amounts = (stated.requests.cpu, stated.limits.cpu, stated.requests.memory, stated.limits.memory)
    lines.append(("stated in the specs", "", *(text.rstrip("G") for text in amounts)))
    return table(("PART", *_HEAD), lines, right=5)


def _usage(rows: list[Row], sum: Row, fleet: Fleet) -> str:
    prices = fleet.platform.prices
    lines = []
    for row in (*rows, sum):
        line = (row.namespace, row.component, str(row.pods), str(row.maximum), *_amounts(row))
        lines.append((*line, f"{row.cost(prices):,.0f}") if prices else line)
    head = ("NAMESPACE", "COMPONENT", "PODS", "MOST", *_HEAD[1:])
    return table((*head, "USD/MONTH") if prices else head, lines, right=7 if prices else 6)


def _document(rows: list[Row], sum: Row, used: list[Row]) -> dict[str, object]:
    clusters = {}
    for cluster in dict.fromkeys(row.cluster for row in used):
        usage_rows = [row for row in used if row.cluster == cluster]
        clusters[cluster] = [row.as_json() for row in usage_rows]
    return {
        "version": 1,
        "budget": {"rows": [row.as_json() for row in rows], "total": sum.as_json()},
        "clusters": clusters,
    }
