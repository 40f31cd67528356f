"""`roster check`: all diagnostics; writes nothing."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import click

from compiler.cli import inputs, memory
from compiler.cli.session import (
    all_diagnostics,
    format_option,
    root_option,
    show,
    summary,
    today_option,
    try_compile,
)


@click.command()
@root_option
@format_option
@today_option
@click.option("--strict", is_flag=True, help="Warnings count as errors.")
def command(root: Path, format: str, today: date, strict: bool) -> None:
    """Report everything that is wrong with the specs; write nothing."""
    read = inputs.read(root)
    result = try_compile(read, today, memory.Charts(root))
    diagnostics = all_diagnostics(read, result.diagnostics)
    errors, warnings = show(diagnostics, read.sources, format)
    click.echo(summary(errors, warnings) or "no errors, no warnings", err=True)
    if errors or (strict and warnings):
        raise SystemExit(1)
