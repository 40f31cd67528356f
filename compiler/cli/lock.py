"""`roster lock`: the digest of each image that the specs name by its tag, from its registry."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

import click

from compiler import write
from compiler.cli import inputs
from compiler.cli.session import fail, read_graph, root_option, table
from compiler.diagnostic import visible

if TYPE_CHECKING:
    from compiler.model import Image

_AT_ONCE = 8
_SHOWN = len("sha256:") + 12
"""Of a digest, as others show it; the lock has it whole."""


@click.command()
@root_option
@click.argument("prefix", nargs=-1)
@click.option("--check", is_flag=True, help="Write nothing; exit 1 if the lock differs.")
def command(root: Path, prefix: tuple[str, ...], check: bool) -> None:
    """Ask the registries which digests the images' tags have, and write specs/lock.json.

    Only images are asked for that the specs name without a digest; with PREFIX, such as
    ghcr.io/example/, only those that start so, and the others stay as they are. If a single one
    does not resolve, nothing is written.
    """
    from compiler import lock

    read = inputs.read(root)
    have, broken = lock.read(read.sources.get(lock.PATH))
    bare = {path: source for path, source in read.sources.items() if path != lock.PATH}
    all = lock.wanted(read_graph(read, bare))
    asked = [image for image in all if not prefix or str(image).startswith(prefix)]
    if prefix and not asked:
        fail("no image without a digest starts like that")
    kept = {str(image): have[str(image)] for image in all if str(image) in have}
    now = kept | _resolved(asked)
    rows = [
        (visible(name), have.get(name, "-")[:_SHOWN], now.get(name, "-")[:_SHOWN])
        for name in sorted(have.keys() | now.keys())
        if have.get(name) != now.get(name)
    ]
    if rows:
        click.echo(table(("IMAGE", "LOCKED", "NOW"), rows), nl=False)
    if check:
        _say(now, f"{len(rows)} differ; run `roster lock`" if rows or broken else "")
        raise SystemExit(1 if rows or broken else 0)
    if rows or broken:
        _save(root / lock.PATH, lock.dump(now))
    _say(now, f"{len(rows)} changed" if rows else "")


def _resolved(images: Iterable[Image]) -> dict[str, str]:
    """The digest of each; where one has none, all such are named, and the exit code is 1."""
    from compiler.cli import logins, oci

    def ask(image: Image) -> tuple[str, str | logins.Unresolved]:
        try:
            return str(image), oci.digest(image.repository, image.tag)
        except logins.Unresolved as why:
            return str(image), why

    with ThreadPoolExecutor(_AT_ONCE) as pool:
        answers = dict(pool.map(ask, images))
    failed = {name: why for name, why in answers.items() if not isinstance(why, str)}
    for name, why in failed.items():
        click.echo(visible(f"roster: {name}: {why}"), err=True)
    if failed:
        click.echo(f"{len(failed)} of {len(answers)} do not resolve: nothing is written", err=True)
        raise SystemExit(1)
    return {name: found for name, found in answers.items() if isinstance(found, str)}


def _save(path: Path, text: str) -> None:
    try:
        with write.locked(path.parent) as handle:
            write.replace(handle, path.name, text.encode())
    except write.Refused as refused:
        fail(str(refused))


def _say(now: Mapping[str, str], what: str) -> None:
    count = f"{len(now)} image{'' if len(now) == 1 else 's'} locked"
    click.echo(f"{count}: {what}" if what else count, err=True)
