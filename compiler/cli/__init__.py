"""The command line. COMMANDS is the table; a command's module is imported when it is called."""

from __future__ import annotations

import importlib
import os
import sys
from contextlib import suppress
from typing import NoReturn

import click

COMMANDS = {
    "check": "all diagnostics; writes nothing",
    "generate": "check, then make generated/ exactly what the specs say",
    "explain": "the page of a diagnostic, or where a generated file comes from",
    "access": "who may call what, and which line says so",
    "verify": "what the generated files permit, against the specs",
    "provenance": "what the generated files were made from, and whether that is true",
    "lock": "record the images' digests and the servers' tools, or say what changed",
    "capacity": "pods, CPU and memory beside the budget",
    "schema": "JSON Schemas of the kinds, for editors",
}


class _Lazy(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        if name not in COMMANDS:
            return None
        command = importlib.import_module(f"compiler.cli.{name}").command
        assert isinstance(command, click.Command)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


@click.group(cls=_Lazy, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="roster", prog_name="roster")
def roster() -> None:
    """Compile specs of projects, agents and MCP servers into what deploys and governs them."""


def main() -> NoReturn:
    """Run the command line; the exit code is 0, 1 (input or difference) or 2 (usage or system).

    The process ends without freeing its objects one by one, which would only take time.
    """
    code = 0
    try:
        roster(prog_name="roster")
        sys.stdout.flush()
    except SystemExit as stop:
        code = stop.code if isinstance(stop.code, int) else int(stop.code is not None)
    except BrokenPipeError:  # the reader of our output has closed it
        code = 1
    except OSError as error:
        code = 2
        with suppress(OSError):
            click.echo(f"roster: {(error.strerror or str(error)).lower()}", err=True)
    with suppress(OSError):
        sys.stderr.flush()
    os._exit(code)
