"""How a command stops on wrong usage or a broken environment."""

from __future__ import annotations

from typing import NoReturn

import click


def fail(message: str) -> NoReturn:
    """Print the message to stderr and stop with exit code 2."""
    click.echo(f"roster: {message}", err=True)
    raise SystemExit(2)
