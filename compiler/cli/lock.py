"""`roster lock`: record the digests of images in registries, and the tools of servers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from compiler import write
from compiler.cli import inputs
from compiler.cli.failure import fail
from compiler.cli.session import read_graph, root_option, table
from compiler.diagnostic import visible

if TYPE_CHECKING:
    from compiler.graph import Graph
    from compiler.model import Image
    from compiler.source import Source

_AT_ONCE = 8
_SHOWN = len("sha256:") + 12
"""Characters of a digest in the table; the lock has all of them."""
_WORDS = 500
"""Characters of a reason, which can be a server's own output."""
Row = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Part:
    """The result for images, or for servers: differences from the locks, and new files."""

    what: str
    asked: int
    locked: int
    head: Row
    rows: tuple[Row, ...]
    files: Mapping[str, str]  # by path, those with a new text
    failed: Mapping[str, str]  # why some could not be resolved, by name


@click.command()
@root_option
@click.argument("prefix", nargs=-1)
@click.option("--check", is_flag=True, help="Write nothing; exit 1 if a lock differs.")
def command(root: Path, prefix: tuple[str, ...], check: bool) -> None:
    """Record the current digests of images and tools of servers.

    Registries are asked for each image that has no digest in the specs: specs/lock.json. Each
    server that is a package is started, with the secrets of the environment, and lists its tools:
    specs/mcp-servers/<server>.tools.json. With PREFIX, such as ghcr.io/example/, only images and
    servers whose names start with it; the whole name of a server selects only that one. If any of
    them does not answer, nothing is written.
    """
    from compiler import lock, tool_lock

    read = inputs.read(root)
    locks = {path for path in read.sources if path == lock.PATH or tool_lock.is_lock(path)}
    graph = read_graph(read, {p: source for p, source in read.sources.items() if p not in locks})
    for word in prefix:
        if not _chosen(map(str, lock.wanted(graph)), [word]) and not _servers_of(graph, [word]):
            which = "no image without a digest, and no server with a package"
            fail(f"{which}, starts like `{visible(word)}`")
    parts = [*_images(graph, read.sources, prefix), *_servers(root, graph, read.sources, prefix)]
    failed = {name: why for part in parts for name, why in part.failed.items()}
    for name, why in failed.items():
        short = why if len(why) <= _WORDS else f"{why[:_WORDS]}…"
        click.echo(visible(f"roster: {name}: {short}"), err=True)
    if failed:
        asked = sum(part.asked for part in parts)
        click.echo(f"{len(failed)} of {asked} do not resolve: nothing is written", err=True)
        raise SystemExit(1)
    if not check:
        _save(root, {path: text for part in parts for path, text in part.files.items()})
    _report(parts, check)
    raise SystemExit(check and any(part.rows or part.files for part in parts))


def _chosen(names: Iterable[str], words: Iterable[str]) -> set[str]:
    """The names that words select: an equal one, or those with that prefix; all without words."""
    names, words = set(names), tuple(words)
    exact = names.intersection(words)
    start = tuple(word for word in words if word not in exact)
    return {name for name in names if not words or name in exact or name.startswith(start)}


def _servers_of(graph: Graph, words: Iterable[str]) -> set[str]:
    """The names of the selected servers that are packages."""
    from compiler.cli.listing import packaged

    return _chosen((server.name for server in packaged(graph)), words)


def _images(graph: Graph, sources: Mapping[str, Source], prefix: Row) -> Iterator[Part]:
    """The images that the specs name by tag; nothing if none is selected."""
    from compiler import lock

    source = sources.get(lock.PATH)
    locked, broken = lock.read(source)
    all = lock.wanted(graph)
    chosen = _chosen(map(str, all), prefix)
    asked = [image for image in all if str(image) in chosen]
    if prefix and not asked:
        return
    kept = {str(image): locked[str(image)] for image in all if str(image) in locked}
    resolved, failed = _resolved(asked)
    current = kept | resolved
    rows = tuple(
        (visible(name), locked.get(name, "-")[:_SHOWN], current.get(name, "-")[:_SHOWN])
        for name in sorted(locked.keys() | current.keys())
        if locked.get(name) != current.get(name)
    )
    files = {lock.PATH: lock.dump(current)} if rows or broken else {}
    yield Part("image", len(asked), len(current), ("IMAGE", "LOCKED", "NOW"), rows, files, failed)


def _servers(
    root: Path, graph: Graph, sources: Mapping[str, Source], prefix: Row
) -> Iterator[Part]:
    """The servers that are packages; nothing if none is selected."""
    from compiler import tool_lock
    from compiler.cli.listing import listed, packaged

    chosen = _servers_of(graph, prefix)
    asked = [server for server in packaged(graph) if server.name in chosen]
    if not asked:
        return
    listings, failed = listed(root, asked)
    rows: list[Row] = []
    files: dict[str, str] = {}
    for name, current in sorted(listings.items()):
        source = sources.get(tool_lock.path(name))
        before = tool_lock.read(source)[0] if source else None
        if differ := list(tool_lock.differences(before, current)):
            rows += [(name, visible(tool), visible(what)) for tool, what in differ]
            files[tool_lock.path(name)] = tool_lock.dump(current)
    head = ("SERVER", "TOOL", "NOW")
    yield Part("server", len(asked), len(listings), head, tuple(rows), files, failed)


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
    resolved = {name: answer for name, answer in answers.items() if isinstance(answer, str)}
    return resolved, {name: str(why) for name, why in answers.items() if name not in resolved}


def _report(parts: Iterable[Part], check: bool) -> None:
    for part in parts:
        if part.rows:
            click.echo(table(part.head, part.rows), nl=False)
        counted = f"{part.locked} {part.what}{'' if part.locked == 1 else 's'}"
        changed = len(part.rows) or len(part.files)
        word = f" locked: {changed} changed" if changed else " locked"
        if check and changed:
            word = f", and {changed} differ from the lock; run `roster lock`"
        click.echo(counted + word, err=True)


def _save(root: Path, files: Mapping[str, str]) -> None:
    for path in files:
        if (root / path).is_dir():
            fail(f"`{path}` is a folder: nothing is written")
    for path, text in files.items():
        folder, _, name = path.rpartition("/")
        try:
            with write.locked(root / folder) as handle:
                write.replace(handle, name, text.encode())
        except write.Refused as refused:
            fail(str(refused))
        except OSError as error:
            fail(f"`{path}` cannot be written: {(error.strerror or 'unknown error').lower()}")
