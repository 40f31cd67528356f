"""The local stack's command line: up, down, status, env, tools. Exit codes: 0, 1, 2."""

from __future__ import annotations

import fcntl
import json
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import anyio
import click

from stack.environment import search_path
from stack.errors import StackError
from stack.pm2 import converge, excluded, health, preflight, report
from stack.pm2.client import Pm2, default_home, find
from stack.pm2.describe import Stack, select, stacks, without
from stack.services.bridge.listing import Question, answers
from stack.web.tokens import issue, read, variable

NAMES = click.argument("names", metavar="[STACK]...", nargs=-1)
_FOLDER = Path(".roster/stack")
ROOT = click.option("--root", type=click.Path(path_type=Path, exists=True), default=Path())


@click.group()
def main() -> None:
    """Run a project's agents and MCP servers on this machine."""


@main.command()
@NAMES
@click.option("--without", "exclusions", multiple=True, metavar="NAME", help="An app, or `agents`.")
@click.option("--env", "environment", metavar="ENVIRONMENT", help="Use its settings.")
@ROOT
def up(
    names: tuple[str, ...], exclusions: tuple[str, ...], environment: str | None, root: Path
) -> None:  # fmt: skip
    """Start new apps, restart changed ones, remove apps without a spec, wait until all are up."""
    root = root.resolve()
    defined = stacks(root)
    if not names:
        raise StackError(f"name a stack; there are: {', '.join(sorted(defined)) or 'none'}")
    requested = select(defined, names)
    selected, pm2 = without(requested, exclusions), find(root)
    with _locked(root) as folder:
        _preflight(selected, pm2, root)
        issue(folder / "tokens.json", (id for stack in requested for id in stack.identities))
        apps = [
            app for stack in selected
            for app in converge.evaluate(stack, root, pm2, os.environ, environment)
        ]  # fmt: skip
        if faults := converge.missing_scripts(apps, root):
            raise StackError("\n".join([*faults, "nothing was started"]))
        names = tuple(stack.name for stack in selected)
        todo = converge.changes(apps, pm2.processes(), root, names, defined)
        log_sizes = health.log_sizes(pm2)
        report.plan(todo)
        report.missing_servers(apps)
        excluded.record(folder, requested, selected)
        converge.apply(todo, pm2, folder)
        _wait(selected, pm2, log_sizes)
    report.usage(selected)


@main.command()
@NAMES
@ROOT
def down(names: tuple[str, ...], root: Path) -> None:
    """Stop what `up` started: of these stacks, or of all."""
    root = root.resolve()
    pm2 = find(root)
    with _locked(root) as folder:
        processes = [process for process in pm2.processes() if preflight.ours(process, root)]
        # What runs can be stopped without generated/, which is only needed to check the names.
        stoppable = {process.stack for process in processes}
        stoppable |= stacks(root).keys() if names else set()
        for name in names:
            if name not in stoppable:
                raise StackError(
                    f"there is no stack `{name}`; there are: {', '.join(sorted(stoppable))}"
                )
        removed = sorted({p.name for p in processes if not names or p.stack in names})
        pm2.delete(removed)
        excluded.forget(folder, names)
        report.removed(removed)
        if pm2.home == default_home() and not pm2.processes():
            pm2.kill()


@main.command()
@NAMES
@click.option("--format", "form", type=click.Choice(["table", "json"]), default="table")
@ROOT
def status(names: tuple[str, ...], form: str, root: Path) -> None:
    """Show the state of each app; exit code 1 if one that should run does not."""
    root = root.resolve()
    defined, pm2 = stacks(root), find(root)
    processes = [process for process in pm2.processes() if preflight.ours(process, root)]
    running = [name for name in defined if any(process.stack == name for process in processes)]
    selected = select(defined, names or running)
    orphans = [process for process in processes if process.stack not in defined]
    rows = report.rows(selected, processes, orphans, excluded.names(root / _FOLDER))
    report.status(rows, form)
    sys.exit(not report.all_up(rows))


@main.command()
@click.argument("name", metavar="STACK")
@click.argument("agent", required=False)
@ROOT
def env(name: str, agent: str | None, root: Path) -> None:
    """Print lines for `eval`: the tokens that client configurations refer to."""
    (*_, stack) = select(stacks(root.resolve()), (name,))
    path = root / _FOLDER / "tokens.json"
    tokens = read(path) if path.exists() else {}
    wanted = [id for id in stack.identities if agent in (None, id.partition(".")[2])]
    if not wanted or not set(wanted) <= tokens.keys():
        raise StackError(f"there is no token for {agent or name} yet: make up STACK={name}")
    for identity in wanted:
        click.echo(f"export {variable(identity)}={tokens[identity]}")


@main.command()
def tools() -> None:
    """Answer `roster lock`, which asks on stdin which tools servers really list."""
    question = Question.model_validate_json(sys.stdin.buffer.read())
    path = search_path(os.environ, Path(sys.executable).parent)
    servers = anyio.run(answers, question.servers, {**os.environ, "PATH": path})
    click.echo(json.dumps({"version": 1, "servers": servers}))


def _preflight(selected: Sequence[Stack], pm2: Pm2, root: Path) -> None:
    """Raise StackError with all that is missing or in the way, before anything is started."""
    apps = [app for stack in selected for app in stack.apps.values()]
    faults = preflight.faults(apps, pm2.processes(), root, pm2.path, os.environ)
    if faults:
        raise StackError("\n".join([*faults, "nothing was started"]))


def _wait(selected: Sequence[Stack], pm2: Pm2, log_sizes: dict[str, int]) -> None:
    """Wait until all apps are up; report those that are not, and exit with 1."""
    apps = [app for stack in selected for app in stack.apps.values()]
    failed = health.wait(apps, pm2, report.up)
    secrets = [os.environ.get(s.name, "") for app in apps for s in app.secrets]
    processes = pm2.processes()
    for app, state in failed.items():
        lines = health.last_lines(app, processes, log_sizes, list(filter(None, secrets)))
        report.failed(app, state, lines)
    if failed:
        sys.exit(1)


@contextmanager
def _locked(root: Path) -> Iterator[Path]:
    """Lock the stack's own folder for this command; no other user may read the folder."""
    folder = root / _FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o700)
    with (folder / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            click.echo("another command is changing the stack; waiting for it", err=True)
            fcntl.flock(lock, fcntl.LOCK_EX)
        for file in folder.glob("start-*.json"):  # left by a killed command; holds secrets
            file.unlink()
        yield folder


def run() -> None:
    """Run the command line; a StackError or OSError is printed, and the exit code is 2."""
    try:
        main(prog_name="python -m stack", standalone_mode=True)
    except (StackError, OSError) as error:
        click.echo(str(error), err=True)
        sys.exit(2)


if __name__ == "__main__":
    run()
