"""`roster schema`: JSON Schemas of the kinds, for editors."""

from __future__ import annotations

import json
from pathlib import Path

import click

from compiler.cli.failure import fail
from compiler.diagnostic import did_you_mean


@click.command()
@click.argument("kind", required=False)
@click.option("--out", type=click.Path(path_type=Path), help="Write <kind>.schema.json files here.")
def command(kind: str | None, out: Path | None) -> None:
    """Print the JSON Schema of a KIND, or of all; with --out, write one file for each."""
    from compiler.model import KINDS
    from compiler.model.schema import document, every

    if kind is not None and kind not in KINDS:
        fail(f"there is no kind `{kind}`; {did_you_mean(kind, KINDS) or ', '.join(KINDS)}")
    if out is None:
        click.echo(json.dumps(document(kind) if kind else every(), indent=2))
        return
    schemas = {name.lower(): document(name) for name in ([kind] if kind else KINDS)}
    if kind is None:
        schemas["roster"] = every()
    try:
        out.mkdir(parents=True, exist_ok=True)
        for name, schema in schemas.items():
            path = out / f"{name}.schema.json"
            path.write_text(json.dumps(schema, indent=2) + "\n", encoding="utf-8")
    except OSError as error:
        fail(f"{error.filename or out}: {(error.strerror or str(error)).lower()}")
    click.echo(f"{len(schemas)} schemas in {out}", err=True)
