"""Output of the stack's commands: results on stdout, progress and faults on stderr."""

from __future__ import annotations

import json
import shutil
from collections.abc import Collection, Iterable, Sequence
from dataclasses import asdict, dataclass

import click

from stack.pm2 import health
from stack.pm2.client import Process
from stack.pm2.converge import WITHOUT, Changes, Definition
from stack.pm2.describe import App, Stack

_MEGA = 2**20
_EXCLUDED = "left out"


@dataclass(frozen=True, slots=True)
class Row:
    """One app, as `status` shows it; `memory` in bytes."""

    name: str
    kind: str
    state: str
    reason: str
    pid: int
    restarts: int
    memory: int
    url: str


def plan(todo: Changes) -> None:
    """Print what is going to happen, one line an app."""
    words = {"new": todo.new, "changed": todo.changed, "removed": todo.removed}
    for word, names in words.items():
        for name in names:
            click.echo(f"{word:<10}{name}")
    for name in todo.unchanged:
        click.echo(f"{'unchanged':<10}{name}")


def missing_servers(apps: Iterable[Definition]) -> None:
    """Print which agents have servers that do not run here."""
    for app in apps:
        if servers := app["env"].get(WITHOUT):
            click.echo(f"{app['name']} runs without {servers.replace(',', ', ')}", err=True)


def up(app: App) -> None:
    """Print that an app is up."""
    click.echo(f"{'up':<10}{app.name}", err=True)


def failed(app: App, state: health.State, lines: Iterable[str]) -> None:
    """Print that an app is not up, why, and the last lines of its log."""
    click.echo(f"{app.name} is not up: {state.reason or state.word}", err=True)
    for line in lines:
        click.echo(f"    {line}", err=True)


def usage(stacks: Sequence[Stack]) -> None:
    """Print the servers' addresses, and how clients get tokens and configurations."""
    for stack in stacks:
        for app in stack.apps.values():
            if app.kind == "server":
                click.echo(f"{app.url}  {app.name}")
    names = [s.name for s in stacks if any(a.kind != "process" for a in s.apps.values())]
    for name in names:
        click.echo(f'eval "$(.venv/stack/bin/python -m stack env {name})"')
        click.echo(f"generated/clients/{name}/<agent>/local/.mcp.json")


def removed(names: Sequence[str]) -> None:
    """Print what was stopped."""
    for name in names:
        click.echo(f"{'removed':<10}{name}")
    if not names:
        click.echo("nothing was running", err=True)


def rows(
    stacks: Sequence[Stack], processes: Sequence[Process], orphans: Sequence[Process],
    excluded: Collection[str],
) -> list[Row]:  # fmt: skip
    """The rows of `status`: the apps of stacks, and processes whose stack no longer exists."""
    apps = [app for stack in stacks for app in stack.apps.values()]
    reason = "its stack is not in generated/ any more: make up, or make down"
    return [
        *(_row(app, processes, excluded) for app in apps),
        *(Row(p.name, "", "left", reason, p.pid, p.restarts, p.memory, "") for p in orphans),
    ]


def all_up(rows: Sequence[Row]) -> bool:
    """Whether at least one app is up, and all that are not excluded."""
    states = {row.state for row in rows}
    return "up" in states and states <= {"up", _EXCLUDED}


def status(rows: Sequence[Row], form: str) -> None:
    """Print rows as a table that fits the terminal, or as JSON."""
    if form == "json":
        click.echo(json.dumps({"version": 1, "apps": [asdict(row) for row in rows]}, indent=2))
        return
    if not rows:
        click.echo("nothing is running; see `make up`", err=True)
    columns = _columns(rows)
    width = shutil.get_terminal_size((100, 24)).columns
    while len(columns) > 2 and sum(map(_width, columns)) > width:
        columns.pop()
    for line in zip(*columns, strict=True):
        cells = (cell.ljust(_width(column)) for cell, column in zip(line, columns, strict=True))
        click.echo("".join(cells).rstrip())
    for row in rows:
        if row.reason:
            click.echo(f"{row.name}: {row.reason}", err=True)


def _columns(rows: Sequence[Row]) -> list[list[str]]:
    return [
        ["APP", *(row.name for row in rows)],
        ["STATE", *(row.state for row in rows)],
        ["PID", *(str(row.pid or "") for row in rows)],
        ["RESTARTS", *(str(row.restarts) for row in rows)],
        ["MEMORY", *(f"{row.memory // _MEGA} MiB" for row in rows)],
        ["URL", *(row.url for row in rows)],
    ]


def _width(column: Sequence[str]) -> int:
    return max(map(len, column)) + 2


def _row(app: App, processes: Sequence[Process], excluded: Collection[str]) -> Row:
    own = [process for process in processes if process.name == app.name]
    is_excluded = not own and app.name in excluded
    state = health.State(_EXCLUDED) if is_excluded else health.state(app, own)
    return Row(
        name=app.name,
        kind=app.kind,
        state=state.word,
        reason=state.reason,
        pid=own[0].pid if own else 0,
        restarts=sum(process.restarts for process in own),
        memory=sum(process.memory for process in own),
        url=app.url or "",
    )
