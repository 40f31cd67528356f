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

from stack import environment
from stack.errors import StackError
from stack.pm2 import converge, excluded, health, preflight, report
from stack.pm2.client import Pm2, default_home, find
from stack.pm2.describe import Stack, chosen, stacks, without
from stack.services.bridge.listing import Question, answers
from stack.web.tokens import issue, read, variable

NAMES = click.argument("names", metavar="[STACK]...", nargs=-1)
_FOLDER = Path(".roster/stack")
HERE = click.option("--root", type=click.Path(path_type=Path, exists=True), default=Path())


@click.group()
def main() -> None:
    """Run a project's agents and MCP servers on this machine."""


@main.command()
@NAMES
@click.option("--without", "words", multiple=True, metavar="NAME", help="An app, or `agents`.")
@click.option("--env", "block", metavar="ENVIRONMENT", help="Settings of which environment.")
@HERE
def up(names: tuple[str, ...], words: tuple[str, ...], block: str | None, root: Path) -> None:
    """Start what is new, restart what changed, remove what left, and wait until all is up."""
    root = root.resolve()
    known = stacks(root)
    if not names:
        raise StackError(f"which stack? There are: {', '.join(sorted(known)) or 'none'}")
    whole = chosen(known, names)
    some, pm2 = without(whole, words), find(root)
    with _alone(root) as folder:
        _check(some, pm2, root)
        issue(folder / "tokens.json", (one for stack in whole for one in stack.identities))
        apps = [
            app for stack in some
            for app in converge.evaluate(stack, root, pm2, os.environ, block)
        ]  # fmt: skip
        if faults := converge.absent(apps, root):
            raise StackError("\n".join([*faults, "nothing was started"]))
        names = tuple(stack.name for stack in some)
        todo = converge.changes(apps, pm2.processes(), root, names, known)
        marks = health.ends(pm2)
        report.plan(todo)
        report.lacking(apps)
        excluded.note(folder, whole, some)
        converge.apply(todo, pm2, folder)
        _wait(some, pm2, marks)
    report.use(some)


@main.command()
@NAMES
@HERE
def down(names: tuple[str, ...], root: Path) -> None:
    """Stop what `up` started: of these stacks, or of all."""
    root = root.resolve()
    pm2 = find(root)
    with _alone(root) as folder:
        mine = [one for one in pm2.processes() if preflight.ours(one, root)]
        # What runs can be stopped without generated/, which only knows the names.
        there = {one.stack for one in mine} | (stacks(root).keys() if names else set())
        for name in names:
            if name not in there:
                raise StackError(
                    f"there is no stack `{name}`; there are: {', '.join(sorted(there))}"
                )
        gone = sorted({one.name for one in mine if not names or one.stack in names})
        pm2.delete(gone)
        excluded.forget(folder, names)
        report.removed(gone)
        if pm2.home == default_home() and not pm2.processes():
            pm2.kill()


@main.command()
@NAMES
@click.option("--format", "form", type=click.Choice(["table", "json"]), default="table")
@HERE
def status(names: tuple[str, ...], form: str, root: Path) -> None:
    """How each app is; exit code 1 if one that should run does not."""
    root = root.resolve()
    known, pm2 = stacks(root), find(root)
    processes = [one for one in pm2.processes() if preflight.ours(one, root)]
    running = [name for name in known if any(one.stack == name for one in processes)]
    some = chosen(known, names or running)
    left = [p for p in processes if p.stack not in known]
    rows = report.rows(some, processes, left, excluded.known(root / _FOLDER))
    report.status(rows, form)
    sys.exit(not report.well(rows))


@main.command()
@click.argument("name", metavar="STACK")
@click.argument("agent", required=False)
@HERE
def env(name: str, agent: str | None, root: Path) -> None:
    """Lines for `eval`: the tokens that client configurations look for."""
    (*_, stack) = chosen(stacks(root.resolve()), (name,))
    path = root / _FOLDER / "tokens.json"
    known = read(path) if path.exists() else {}
    wanted = [one for one in stack.identities if agent in (None, one.partition(".")[2])]
    if not wanted or not set(wanted) <= known.keys():
        raise StackError(f"there is no token for {agent or name} yet: make up STACK={name}")
    for identity in wanted:
        click.echo(f"export {variable(identity)}={known[identity]}")


@main.command()
def tools() -> None:
    """Answer a question of `roster lock` on stdin: which tools servers really list."""
    asked = Question.model_validate_json(sys.stdin.buffer.read())
    path = environment.path(os.environ, Path(sys.executable).parent)
    found = anyio.run(answers, asked.servers, {**os.environ, "PATH": path})
    click.echo(json.dumps({"version": 1, "servers": found}))


def _check(some: Sequence[Stack], pm2: Pm2, root: Path) -> None:
    """Tell all that is missing or in the way, and end: nothing has been started."""
    apps = [app for stack in some for app in stack.apps.values()]
    found = preflight.faults(apps, pm2.processes(), root, pm2.path, os.environ)
    if found:
        raise StackError("\n".join([*found, "nothing was started"]))


def _wait(some: Sequence[Stack], pm2: Pm2, marks: dict[str, int]) -> None:
    apps = [app for stack in some for app in stack.apps.values()]
    failed = health.wait(apps, pm2, report.up)
    hidden = [os.environ.get(s.name, "") for app in apps for s in app.secrets]
    processes = pm2.processes()
    for app, state in failed.items():
        words = health.last_words(app, processes, marks, [value for value in hidden if value])
        report.failed(app, state, words)
    if failed:
        sys.exit(1)


@contextmanager
def _alone(root: Path) -> Iterator[Path]:
    """The stack's own folder, for one command at a time. What agents keep is for no other user."""
    folder = root / _FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o700)
    with (folder / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            click.echo("another command changes the stack; waiting for it", err=True)
            fcntl.flock(lock, fcntl.LOCK_EX)
        for file in folder.glob("start-*.json"):  # of a command that was killed; it holds secrets
            file.unlink()
        yield folder


def run() -> None:
    """What `python -m stack` does: what cannot be done is told in lines, with exit code 2."""
    try:
        main(prog_name="python -m stack", standalone_mode=True)
    except (StackError, OSError) as why:
        click.echo(str(why), err=True)
        sys.exit(2)


if __name__ == "__main__":
    run()
