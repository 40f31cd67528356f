"""`roster provenance`: print the statement of provenance, or check it."""

from __future__ import annotations

from pathlib import Path

import click

from compiler import statement, write
from compiler.cli import inputs, program
from compiler.cli.failure import fail
from compiler.cli.session import root_option
from compiler.diagnostic import visible


@click.command()
@root_option
@click.argument("dir", type=click.Path(path_type=Path), required=False)
@click.option("--check", is_flag=True, help="Compare it with the files; exit 1 if they differ.")
def command(root: Path, dir: Path | None, check: bool) -> None:
    """Print the statement of DIR (default: generated/), or compare it with all files.

    With --check, each file of DIR, each spec and the compiler are compared with it.
    """
    folder = dir or root / "generated"
    if not folder.is_dir():
        fail(f"`{folder}` is not a folder")
    try:
        with write.locked(folder) as handle:
            have = write.snapshot(handle)
            text = write.texts(handle, [statement.PATH]).get(statement.PATH)
    except write.Refused as refused:
        fail(str(refused))
    if check:
        _compare(root, have, text)
    elif text is None:
        fail(f"`{folder}` has no {statement.PATH}; run `roster generate`")
    else:
        click.echo(text, nl=False)


def _compare(root: Path, have: write.Snapshot, text: str | None) -> None:
    from compiler.verify.provenance import check

    outputs = {path: digest for path, digest in have.items() if path != statement.PATH}
    compiler = {"sha256": program.digest(), "version": program.number()}
    read = inputs.read(root).digests
    differences = check(text, outputs, read, compiler)
    for line in differences:
        click.echo(visible(line))
    if differences:
        raise SystemExit(1)
    click.echo(f"{len(outputs)} files and {len(read)} inputs are as stated", err=True)
