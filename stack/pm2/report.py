"""What the stack's commands say: results on stdout, what goes on and what is wrong on stderr."""

from __future__ import annotations

import json
import shutil
from collections.abc import Collection, Iterable, Sequence
from dataclasses import asdict, dataclass

import click

from stack.pm2 import health
from stack.pm2.client import Process
from stack.pm2.converge import WITHOUT, Changes, Told
from stack.pm2.describe import App, Stack

_MEGA = 2**20
_LEFT_OUT = "left out"


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
    """What is going to happen, one line an app."""
    words = {"new": todo.new, "changed": todo.changed, "removed": todo.gone}
    for word, names in words.items():
        for name in names:
            click.echo(f"{word:<10}{name}")
    for name in todo.unchanged:
        click.echo(f"{'unchanged':<10}{name}")


def lacking(apps: Iterable[Told]) -> None:
    """Which agents go without some of their servers, as these do not run here."""
    for app in apps:
        if servers := app["env"].get(WITHOUT):
            click.echo(f"{app['name']} goes without {servers.replace(',', ', ')}", err=True)


def up(app: App) -> None:
    """An app is up."""
    click.echo(f"{'up':<10}{app.name}", err=True)


def failed(app: App, state: health.State, words: Iterable[str]) -> None:
    """An app is not up, and why."""
    click.echo(f"{app.name} is not up: {state.reason or state.word}", err=True)
    for line in words:
        click.echo(f"    {line}", err=True)


def use(some: Sequence[Stack]) -> None:
    """How to go on."""
    for stack in some:
        for app in stack.apps.values():
            if app.kind == "server":
                click.echo(f"{app.url}  {app.name}")
    names = [stack.name for stack in some if any(a.kind != "process" for a in stack.apps.values())]
    for name in names:
        click.echo(f'eval "$(.venv/stack/bin/python -m stack env {name})"')
        click.echo(f"generated/clients/{name}/<agent>/local/.mcp.json")


def removed(names: Sequence[str]) -> None:
    """What was stopped."""
    for name in names:
        click.echo(f"{'removed':<10}{name}")
    if not names:
        click.echo("nothing was running", err=True)


def rows(
    some: Sequence[Stack], processes: Sequence[Process], left: Sequence[Process],
    left_out: Collection[str],
) -> list[Row]:  # fmt: skip
    """What should run, what was left out, and what runs though no stack has it any more."""
    apps = [app for stack in some for app in stack.apps.values()]
    found = [_row(app, processes, left_out) for app in apps]
    gone = "no stack has it any more: make up, or make down"
    found += [Row(p.name, "", "left", gone, p.pid, p.restarts, p.memory, "") for p in left]
    return found


def well(some: Sequence[Row]) -> bool:
    """Whether all is up that should be, and something is."""
    states = {row.state for row in some}
    return "up" in states and states <= {"up", _LEFT_OUT}


def status(some: Sequence[Row], form: str) -> None:
    """All rows, as a table that fits the terminal, or as JSON."""
    if form == "json":
        click.echo(json.dumps({"version": 1, "apps": [asdict(row) for row in some]}, indent=2))
        return
    if not some:
        click.echo("nothing is running; see `make up`", err=True)
    columns = _columns(some)
    width = shutil.get_terminal_size((100, 24)).columns
    while len(columns) > 2 and sum(map(_width, columns)) > width:
        columns.pop()
    for line in zip(*columns, strict=True):
        cells = (cell.ljust(_width(column)) for cell, column in zip(line, columns, strict=True))
        click.echo("".join(cells).rstrip())
    for row in some:
        if row.reason:
            click.echo(f"{row.name}: {row.reason}", err=True)


def _columns(some: Sequence[Row]) -> list[list[str]]:
    return [
        ["APP", *(row.name for row in some)],
        ["STATE", *(row.state for row in some)],
        ["PID", *(str(row.pid or "") for row in some)],
        ["RESTARTS", *(str(row.restarts) for row in some)],
        ["MEMORY", *(f"{row.memory // _MEGA} MiB" for row in some)],
        ["URL", *(row.url for row in some)],
    ]


def _width(column: Sequence[str]) -> int:
    return max(map(len, column)) + 2


def _row(app: App, processes: Sequence[Process], left_out: Collection[str]) -> Row:
    mine = [process for process in processes if process.name == app.name]
    meant = not mine and app.name in left_out
    state = health.State(_LEFT_OUT) if meant else health.state(app, mine)
    return Row(
        name=app.name,
        kind=app.kind,
        state=state.word,
        reason=state.reason,
        pid=mine[0].pid if mine else 0,
        restarts=sum(process.restarts for process in mine),
        memory=sum(process.memory for process in mine),
        url=app.url or "",
    )
