"""The common parts of commands: options, the root, the clock, and the display of diagnostics."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from compiler.cli import program
from compiler.cli.failure import fail
from compiler.cli.inputs import Inputs
from compiler.diagnostic import Diagnostic, Severity, canonical, has_errors
from compiler.source import Source

if TYPE_CHECKING:
    from compiler.cli.memory import Charts
    from compiler.derive import Fleet
    from compiler.file import File
    from compiler.graph import Graph
    from compiler.pipeline import Compilation

F = TypeVar("F", bound=Callable[..., Any])
FORMATS = ("text", "short", "json", "sarif", "github")


class _Day(click.ParamType[date]):
    name = "date"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        try:
            return value if isinstance(value, date) else date.fromisoformat(value)
        except ValueError:
            self.fail(f"{value!r} is not a day such as 2026-11-23", param, ctx)


def root_option(command: F) -> F:
    """`--root DIR`: the repository; without it the nearest folder above that has specs/."""
    return click.option(
        "--root",
        type=click.Path(path_type=Path),
        callback=_root,
        help="The repository (default: the nearest folder above that has specs/).",
    )(command)


def today_option(command: F) -> F:
    """`--today DATE`: the current day for rules with dates."""
    return click.option(
        "--today",
        type=_Day(),
        default=None,
        callback=lambda _ctx, _param, value: value or datetime.now(UTC).date(),
        help="The current day for rules with dates (default: today, UTC).",
    )(command)


def format_option(command: F) -> F:
    """`--format`: for people (text, short) or programs."""
    help = "How diagnostics are shown."
    return click.option("--format", type=click.Choice(FORMATS), default="text", help=help)(command)


def _root(_ctx: click.Context, _param: click.Parameter, value: Path | None) -> Path:
    if value is not None:
        if not (value / "specs").is_dir():
            fail(f"`{value}` has no folder `specs/`")
        return value
    current = Path.cwd()
    for folder in (current, *current.parents):
        if (folder / "specs").is_dir():
            return folder
    fail("there is no folder `specs/` here or above; name the repository with --root")


def show(
    diagnostics: Iterable[Diagnostic], sources: Mapping[str, Source], format: str = "text"
) -> tuple[int, int]:
    """Print diagnostics, formats for people to stderr.

    Returns:
        The numbers of errors and warnings.
    """
    from compiler import render

    diagnostics = tuple(diagnostics)
    if format == "text":
        text = render.text(diagnostics, sources, width=_width(), colour=_colour())
        click.echo(text, err=True, nl=False)
    elif format == "short":
        click.echo(render.short(diagnostics), err=True, nl=False)
    elif format == "json":
        click.echo(render.json(diagnostics), nl=False)
    elif format == "sarif":
        from compiler.cli.rules import all_rules

        click.echo(render.sarif(diagnostics, all_rules()), nl=False)
    else:
        click.echo(render.github(diagnostics), nl=False)
    errors = sum(d.severity is Severity.ERROR for d in diagnostics)
    return errors, len(diagnostics) - errors


def table(head: Iterable[str], rows: Iterable[Iterable[str]], *, right: int = 0) -> str:
    """A table as text; the last `right` columns hold numbers and are aligned right."""
    lines = [tuple(head), *(tuple(row) for row in rows)]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    first = len(widths) - right

    def cell(index: int, text: str) -> str:
        return text.rjust(widths[index]) if index >= first else text.ljust(widths[index])

    return "".join(
        "  ".join(cell(i, text) for i, text in enumerate(line)).rstrip() + "\n" for line in lines
    )


def summary(errors: int, warnings: int) -> str:
    """`2 errors, 1 warning`; "" without any."""
    parts = [
        f"{count} {word}{'s' if count > 1 else ''}"
        for count, word in ((errors, "error"), (warnings, "warning"))
        if count
    ]
    return ", ".join(parts)


def compiled(
    read: Inputs,
    today: date,
    note: str = "",
    memo: Charts | None = None,
    admitted: frozenset[str] = frozenset(),
) -> Compilation:
    """Compile the specs; on errors print them and exit with code 1."""
    result = try_compile(read, today, memo, admitted)
    diagnostics = all_diagnostics(read, result.diagnostics)
    _stop_on_errors(diagnostics, read, note)
    return replace(result, diagnostics=diagnostics)


def try_compile(
    read: Inputs,
    today: date,
    memo: Charts | None = None,
    admitted: frozenset[str] = frozenset(),
) -> Compilation:
    """Compile the specs, or exit with code 2 if a library for charts is not installed.

    If a file cannot be read, nothing is derived: its resources would be missing everywhere.
    """
    from importlib.metadata import PackageNotFoundError

    from compiler import pipeline

    if has_errors(read.diagnostics):
        return pipeline.Compilation((), pipeline.read(read.sources.values()).diagnostics)
    try:
        return pipeline.compile(read.sources.values(), today=today, memo=memo, admitted=admitted)
    except PackageNotFoundError as missing:
        fail(f"charts need a library that is not installed: python -m pip install {missing.name}")


def attested(files: tuple[File, ...], read: Inputs) -> tuple[File, ...]:
    """The files that these inputs compile to, and the statement of their provenance."""
    from compiler.attest import attest

    return attest(files, read.digests, program.digest(), program.number()) if files else ()


def analysed(read: Inputs, today: date) -> Fleet:
    """The fleet that the specs describe; on errors print them and exit with code 1."""
    from compiler.pipeline import analyse

    if has_errors(read.diagnostics):
        read_graph(read, read.sources)
    result = analyse(read.sources.values(), today=today)
    _stop_on_errors(all_diagnostics(read, result.diagnostics), read)
    assert result.fleet is not None, "there is a fleet where there is no error"
    return result.fleet


def read_graph(read: Inputs, sources: Mapping[str, Source]) -> Graph:
    """The graph of some of the sources; on errors print them and exit with code 1."""
    from compiler import pipeline

    reading = pipeline.read(sources.values())
    _stop_on_errors(all_diagnostics(read, reading.diagnostics), read)
    assert reading.graph is not None, "there is a graph where there is no error"
    return reading.graph


def all_diagnostics(read: Inputs, diagnostics: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
    """The diagnostics of reading and compiling.

    If a file could not be read, names that do not resolve are not reported: it may define them.
    """
    if has_errors(read.diagnostics):
        diagnostics = (d for d in diagnostics if d.code not in ("unknown-ref", "platform-missing"))
    return canonical((*read.diagnostics, *diagnostics))


def _stop_on_errors(diagnostics: tuple[Diagnostic, ...], read: Inputs, note: str = "") -> None:
    if has_errors(diagnostics):
        click.echo(summary(*show(diagnostics, read.sources)) + note, err=True)
        raise SystemExit(1)


def _width() -> int:
    return os.get_terminal_size(sys.stderr.fileno()).columns if sys.stderr.isatty() else 100


def _colour() -> bool:
    return sys.stderr.isatty() and not os.environ.get("NO_COLOR")
