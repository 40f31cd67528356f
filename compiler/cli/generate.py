"""`roster generate`: check, then make generated/ exactly what the specs say."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from compiler import write
from compiler.cli import inputs, memory
from compiler.cli.failure import fail
from compiler.cli.session import attested, compiled, root_option, show, summary, today_option
from compiler.diagnostic import Diagnostic, canonical, has_errors, visible

if TYPE_CHECKING:
    from compiler.pipeline import Compilation


@click.command()
@root_option
@today_option
@click.option(
    "--out", type=click.Path(path_type=Path), help="Where to write (default: generated/)."
)
@click.option("--check", is_flag=True, help="Write nothing; list what differs; exit 1 if anything.")
def command(root: Path, today: date, out: Path | None, check: bool) -> None:
    """Make generated/ exactly what the specs say. With errors, nothing is written."""
    target = out or root / "generated"
    try:
        if check:
            _compare(root, today, target)
        else:
            _generate(root, today, target)
    except write.Refused as refused:
        fail(str(refused))
    except OSError as error:
        fail(f"{error.filename or target}: {(error.strerror or str(error)).lower()}")


def _generate(root: Path, today: date, target: Path) -> None:
    result = first = None
    if not target.is_dir():  # specs with errors create no folder
        first = inputs.read(root)
        result = _remembering(first, today, root)
    with write.locked(target) as handle:
        read = first or inputs.read(root)  # under the lock, so that the newest specs win
        key, have = memory.key(read.digest, today), write.snapshot(handle)
        remembered = memory.recall(root, target, key, have)
        if remembered is not None:
            _report(remembered, read)
            _foreign(write.foreign(have, write.owned(handle)))
            click.echo("nothing has changed", err=True)
            return
        result = result or _remembering(read, today, root)
        files = attested(result.files, read)
        changes = write.plan(files, have, write.owned(handle))
        replaced = (path for path in (*changes.save, *changes.remove) if path in have)
        _step(result, write.texts(handle, replaced), read)
        write.apply(changes, handle)
        memory.remember(root, target, key, changes.result, result.diagnostics)
    _foreign(changes.foreign)
    count = f"{len(files)} files: {len(changes.save)} written, {len(changes.remove)} removed"
    click.echo(count, err=True)


def _remembering(read: inputs.Inputs, today: date, root: Path) -> Compilation:
    """Compile with the charts and verdicts of earlier runs, and remember those of this run."""
    from compiler.admit import alone, seal

    charts, admitted = memory.Charts(root), memory.Admitted(root, read.sources.values())
    result = _compile(read, today, charts, admitted.recall())
    admitted.remember(seal(file) for file in result.files if alone(file))
    charts.tidy()
    return result


def _step(result: Compilation, before: dict[str, str], read: inputs.Inputs) -> None:
    """Stop if a cluster would refuse the change from the last output; report what does harm."""
    from compiler.admit.transition import transitions

    diagnostics = canonical(transitions(before, result.files))
    if has_errors(diagnostics):
        click.echo(summary(*show(diagnostics, read.sources)) + "; nothing is written", err=True)
        raise SystemExit(1)
    _report(diagnostics, read)


def _compare(root: Path, today: date, target: Path) -> None:
    read = inputs.read(root)
    files = attested(_compile(read, today).files, read)
    have: write.Snapshot = {}
    ours: frozenset[str] = frozenset()
    if target.is_dir():
        with write.locked(target) as handle:
            have, ours = write.snapshot(handle), write.owned(handle)
    changes = write.plan(files, have, ours)
    for path in changes.save:
        click.echo(f"{'changed' if path in have else 'missing'}: {path}")
    for path in changes.remove:
        click.echo(f"left over: {visible(path)}")
    for path in changes.foreign:
        click.echo(f"not ours: {visible(path)}")
    if changes.before is not None:
        click.echo(f"{'changed' if write.INDEX in have else 'missing'}: {write.INDEX}")
    if changes or changes.foreign:
        raise SystemExit(1)


def _compile(
    read: inputs.Inputs,
    today: date,
    charts: memory.Charts | None = None,
    admitted: frozenset[str] = frozenset(),
) -> Compilation:
    result = compiled(read, today, "; nothing is written", charts, admitted)
    _report(result.diagnostics, read)
    return result


def _report(diagnostics: Iterable[Diagnostic], read: inputs.Inputs) -> None:
    if counts := summary(*show(diagnostics, read.sources)):
        click.echo(counts, err=True)


def _foreign(paths: Iterable[str]) -> None:
    for path in paths:
        click.echo(f"not ours, left alone: {visible(path)}", err=True)
