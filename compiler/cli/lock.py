"""`roster lock`: what the specs name, as it is out there: digests of images, tools of servers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from compiler import write
from compiler.cli import inputs
from compiler.cli.session import fail, read_graph, root_option, table
from compiler.diagnostic import visible

if TYPE_CHECKING:
    from compiler.graph import Graph
    from compiler.model import Image
    from compiler.source import Source

_AT_ONCE = 8
_SHOWN = len("sha256:") + 12
"""Of a digest, as others show it; the lock has it whole."""
Row = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Part:
    """What was found of images, or of servers: what differs from the locks, and new files."""

    what: str
    asked: int
    locked: int
    head: Row
    rows: tuple[Row, ...]
    files: Mapping[str, str]  # by path, where the text is another one
    failed: Mapping[str, str]  # why some are not known


@click.command()
@root_option
@click.argument("prefix", nargs=-1)
@click.option("--check", is_flag=True, help="Write nothing; exit 1 if a lock differs.")
def command(root: Path, prefix: tuple[str, ...], check: bool) -> None:
    """Record what the specs name, as it is now: digests of images, tools of servers.

    Registries are asked for each image that has no digest in the specs: specs/lock.json. Each
    server that is a package is started, with the secrets of the environment, and lists its tools:
    specs/mcp-servers/<server>.tools.json. With PREFIX, such as ghcr.io/example/ or stripe, only
    images and servers that start so. If a single one cannot be asked, nothing is written.
    """
    from compiler import lock, tool_lock

    read = inputs.read(root)
    locks = {path for path in read.sources if path == lock.PATH or tool_lock.is_lock(path)}
    graph = read_graph(read, {p: one for p, one in read.sources.items() if p not in locks})
    parts = [*_images(graph, read.sources, prefix), *_servers(root, graph, read.sources, prefix)]
    if prefix and not parts:
        fail("no image without a digest, and no server with a package, starts like that")
    failed = [(part.what, name, why) for part in parts for name, why in part.failed.items()]
    for _, name, why in failed:
        click.echo(visible(f"roster: {name}: {why}"), err=True)
    if failed:
        asked = sum(part.asked for part in parts)
        click.echo(f"{len(failed)} of {asked} do not resolve: nothing is written", err=True)
        raise SystemExit(1)
    _tell(parts, check)
    if check:
        raise SystemExit(any(part.rows or part.files for part in parts))
    _save(root, {path: text for part in parts for path, text in part.files.items()})


def _images(graph: Graph, sources: Mapping[str, Source], prefix: Row) -> Iterator[Part]:
    """The images that the specs name by tag; nothing where none are meant."""
    from compiler import lock

    source = sources.get(lock.PATH)
    have, broken = lock.read(source)
    all = lock.wanted(graph)
    asked = [image for image in all if not prefix or str(image).startswith(prefix)]
    if prefix and not asked:
        return
    kept = {str(image): have[str(image)] for image in all if str(image) in have}
    found, failed = _resolved(asked)
    now = kept | found
    rows = tuple(
        (visible(name), have.get(name, "-")[:_SHOWN], now.get(name, "-")[:_SHOWN])
        for name in sorted(have.keys() | now.keys())
        if have.get(name) != now.get(name)
    )
    files = {lock.PATH: lock.dump(now)} if rows or broken else {}
    yield Part("image", len(asked), len(now), ("IMAGE", "LOCKED", "NOW"), rows, files, failed)


def _servers(
    root: Path, graph: Graph, sources: Mapping[str, Source], prefix: Row
) -> Iterator[Part]:
    """The servers that are packages; nothing where none are meant."""
    from compiler import tool_lock
    from compiler.cli.listing import listed, packaged

    all = packaged(graph)
    names = {one.name for one in all}
    exact, other = names & set(prefix), tuple(word for word in prefix if word not in names)
    asked = [one for one in all if not prefix or one.name in exact or one.name.startswith(other)]
    if not asked:
        return
    found, failed = listed(root, asked)
    rows: list[Row] = []
    files: dict[str, str] = {}
    for name, now in sorted(found.items()):
        source = sources.get(tool_lock.path(name))
        had = tool_lock.read(source)[0] if source else None
        if differ := list(tool_lock.differences(had, now)):
            rows += [(name, visible(tool), visible(what)) for tool, what in differ]
            files[tool_lock.path(name)] = tool_lock.dump(now)
    head = ("SERVER", "TOOL", "NOW")
    yield Part("server", len(asked), len(found), head, tuple(rows), files, failed)


def _resolved(images: Iterable[Image]) -> tuple[dict[str, str], dict[str, str]]:
    """The digest of each image, and why some have none."""
    from compiler.cli import logins, oci

    def ask(image: Image) -> tuple[str, str | logins.Unresolved]:
        try:
            return str(image), oci.digest(image.repository, image.tag)
        except logins.Unresolved as why:
            return str(image), why

    with ThreadPoolExecutor(_AT_ONCE) as pool:
        answers = dict(pool.map(ask, images))
    found = {name: answer for name, answer in answers.items() if isinstance(answer, str)}
    return found, {name: str(why) for name, why in answers.items() if name not in found}


def _tell(parts: Iterable[Part], check: bool) -> None:
    for part in parts:
        if part.rows:
            click.echo(table(part.head, part.rows), nl=False)
        known = f"{part.locked} {part.what}{'' if part.locked == 1 else 's'} locked"
        changed = len(part.rows) or len(part.files)
        word = f"{changed} differ; run `roster lock`" if check else f"{changed} changed"
        click.echo(f"{known}: {word}" if changed else known, err=True)


def _save(root: Path, files: Mapping[str, str]) -> None:
    for path, text in files.items():
        folder, _, name = path.rpartition("/")
        try:
            with write.locked(root / folder) as handle:
                write.replace(handle, name, text.encode())
        except write.Refused as refused:
            fail(str(refused))
