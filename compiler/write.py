"""Files to disk: replace changed files atomically, remove generated files that are out of date.

The output folder is accessed through folder handles, never by a path that a symlink could redirect
(`O_NOFOLLOW` at each step). A file is written under a temporary name and renamed, so that a killed
run leaves each file old or new. `.index.json` lists the generated files: new ones before the first
is written, old ones until the last is removed, so that a later run knows what to clean up. It has
the digest of each file except the statement of provenance, which has the digest of the index.
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

from compiler import statement

if TYPE_CHECKING:
    from compiler.file import File

INDEX = ".index.json"
_encode = json.JSONEncoder(separators=(",", ":")).encode
_TEMPORARY = ".roster-tmp"
_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_READ = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
_WRITE = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW | os.O_CLOEXEC

MAX_BYTES = 64_000_000
Snapshot = Mapping[str, str]
"""Path below the folder -> SHA-256 of the file, or a word for anything else ("symlink", ...)."""


class Refused(Exception):  # noqa: N818 - it says what, and is not a bug
    """The output folder cannot be written; the text says why."""


@dataclass(frozen=True, slots=True)
class Changes:
    """The changes to make to a folder."""

    save: Mapping[str, bytes]
    remove: tuple[str, ...]
    foreign: tuple[str, ...]  # files that were not generated: not touched
    before: bytes | None  # the index while files change; None: nothing to do
    after: bytes  # the index
    result: Snapshot  # the folder after the changes

    def __bool__(self) -> bool:
        return bool(self.save or self.remove or self.before)


@contextmanager
def locked(root: Path) -> Iterator[int]:
    """A handle of the folder, created if missing; other runs wait until it is closed."""
    root.mkdir(parents=True, exist_ok=True)
    with _open(root) as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield handle


@contextmanager
def _open(path: str | Path, within: int | None = None) -> Iterator[int]:
    try:
        handle = os.open(path, _FOLDER, dir_fd=within)
    except NotADirectoryError:
        raise Refused(
            f"`{path}` is a symlink or no folder: nothing is written through it"
        ) from None
    try:
        yield handle
    finally:
        os.close(handle)


def snapshot(handle: int, below: str = "") -> dict[str, str]:
    """Every file below an open folder with its digest, or a word for what is not a file.

    Symlinks are never followed, and only regular files are opened. The path of an empty folder
    ends in `/`.
    """
    digests: dict[str, str] = {}
    with os.scandir(handle) as entries:
        for entry in sorted(entries, key=lambda entry: entry.name):
            path = below + entry.name
            if entry.is_dir(follow_symlinks=False):
                with _open(entry.name, handle) as folder:
                    digests.update(snapshot(folder, f"{path}/") or {f"{path}/": "empty"})
            elif entry.is_file(follow_symlinks=False):
                digests[path] = _digest(handle, entry.name)
            else:
                digests[path] = "symlink" if entry.is_symlink() else "special"
    return digests


def _digest(folder: int, name: str) -> str:
    """The SHA-256 of a file, or "huge" for one that is larger than any generated file."""
    data = _read(folder, name, MAX_BYTES)
    return "huge" if data is None else sha256(data).hexdigest()


def _read(folder: int, name: str, most: int) -> bytes | None:
    """A file's bytes; None if there are more than `most`."""
    handle = os.open(name, _READ, dir_fd=folder)
    try:
        if os.fstat(handle).st_size > most:
            return None
        parts = []
        while part := os.read(handle, 1 << 20):
            parts.append(part)
        return b"".join(parts)
    finally:
        os.close(handle)


def texts(handle: int, paths: Iterable[str]) -> dict[str, str]:
    """The texts of files, by path; without those that are missing or not UTF-8."""
    contents = {}
    for path in paths:
        try:
            data = _below(handle, path.split("/"))
            contents[path] = (data or b"").decode()
        except (OSError, Refused, UnicodeDecodeError):
            continue
    return contents


def _below(folder: int, parts: list[str]) -> bytes | None:
    if len(parts) == 1:
        return _read(folder, parts[0], MAX_BYTES)
    with _open(parts[0], folder) as handle:
        return _below(handle, parts[1:])


def owned(handle: int) -> frozenset[str]:
    """The paths in the index; none if there is no readable index."""
    try:
        files = json.loads(_read(handle, INDEX, MAX_BYTES) or b"")["files"]
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return frozenset()
    return frozenset(files) if isinstance(files, dict) else frozenset()


def plan(files: tuple[File, ...], have: Snapshot, ours: frozenset[str]) -> Changes:
    """The changes that make a folder hold exactly `files`, except files that were not generated.

    Args:
        files: the files to write.
        have: the folder as it is.
        ours: the paths of the files in it that were generated.

    Raises:
        Refused: without an index, a file would be overwritten that was not generated.
    """
    wanted = {file.path: file for file in files}
    digests = {file.path: file.digest for file in files}
    around = {folder for path in ours for folder in _folders(path)}
    not_ours = frozenset(foreign(have, ours))
    clash = sorted(path for path in not_ours & wanted.keys() if have[path] != digests[path])
    if clash and INDEX not in have:
        raise Refused(f"the folder holds files that are not ours, such as `{clash[0]}`")
    changed = (file for file in files if have.get(file.path) != file.digest)
    save = {file.path: file.text.encode() for file in changed}
    leftovers = {path for path in have if path.endswith(_TEMPORARY) or path in around}
    needed = {folder for path in wanted for folder in _folders(path)}
    gone = (have.keys() & ours | leftovers) - wanted.keys() - needed
    after = index(files)
    if have.get(INDEX) == sha256(after).hexdigest() and not save and not gone:
        before = None
    else:
        before = _index_of(_line(path, {}) for path in sorted(ours | wanted.keys()))
    left = tuple(sorted(not_ours - wanted.keys() - gone))
    kept = {path: digest for path, digest in have.items() if path not in gone}
    result = {**kept, **digests, INDEX: sha256(after).hexdigest()}
    return Changes(save, tuple(sorted(gone)), left, before, after, result)


def foreign(have: Snapshot, ours: frozenset[str]) -> tuple[str, ...]:
    """The files in the folder that were not generated."""
    around = {folder for path in ours for folder in _folders(path)}
    return tuple(sorted(have.keys() - ours - around - {INDEX}))


def _folders(path: str) -> Iterator[str]:
    """The folders of a path, each with a `/` at its end."""
    while "/" in path:
        path = path.rpartition("/")[0]
        yield f"{path}/"


def index(files: tuple[File, ...]) -> bytes:
    """The index of these files."""
    return _index_of(map(_entry, sorted(files, key=lambda file: file.path)))


@lru_cache(maxsize=1 << 17)  # the index is built for the statement, and again to be written
def _entry(file: File) -> str:
    origins = list(dict.fromkeys(origin.line for origin in file.origins))
    sealed = {} if file.path == statement.PATH else {"sha256": file.digest}
    return _line(file.path, {**sealed, "origins": origins})


def _line(path: str, entry: Mapping[str, object]) -> str:
    return f"{_encode(path)}:{_encode(entry)}"


def _index_of(lines: Iterable[str]) -> bytes:
    """One line a file, so that a diff of the index reads like a list."""
    every = ",\n".join(lines)
    return f'{{"version":1,"files":{{\n{every}\n}}}}\n'.encode()


def apply(changes: Changes, handle: int) -> None:
    """Make the changes. Each file is whole at any moment; the index is written first and last."""
    if changes.before is None:
        return
    replace(handle, INDEX, changes.before)
    _save(handle, _tree(changes.save), "")
    for path in changes.remove:
        _remove(handle, path.rstrip("/").split("/"))
    replace(handle, INDEX, changes.after)


def _tree(files: Mapping[str, bytes]) -> dict[str, Any]:
    """Paths as nested folders, so that each folder is opened once."""
    root: dict[str, Any] = {}
    for path, data in files.items():
        *folders, name = path.split("/")
        node = root
        for folder in folders:
            node = node.setdefault(folder, {})
        node[name] = data
    return root


def _save(folder: int, tree: Mapping[str, Any], below: str) -> None:
    for name, item in tree.items():
        if isinstance(item, bytes):
            replace(folder, name, item, below)
            continue
        with suppress(FileExistsError):
            os.mkdir(name, 0o755, dir_fd=folder)
        with _open(name, folder) as handle:
            _save(handle, item, f"{below}{name}/")


def replace(folder: int, name: str, data: bytes, below: str = "") -> None:
    """Write a temporary file, then rename it: a reader sees the old file or the new one."""
    temporary = f".{name}{_TEMPORARY}"
    target = os.open(temporary, _WRITE, 0o644, dir_fd=folder)
    try:
        view = memoryview(data)
        while view:
            view = view[os.write(target, view) :]
    finally:
        os.close(target)
    try:
        os.rename(temporary, name, src_dir_fd=folder, dst_dir_fd=folder)
    except OSError as error:
        os.unlink(temporary, dir_fd=folder)
        raise Refused(f"`{below}{name}` cannot be replaced: {error.strerror}") from None


def _remove(folder: int, parts: list[str]) -> None:
    """Remove a file or empty folder, if it still exists, and the empty folders above it."""
    if len(parts) == 1:
        try:
            os.unlink(parts[0], dir_fd=folder)
        except IsADirectoryError:
            with suppress(OSError):
                os.rmdir(parts[0], dir_fd=folder)
        except FileNotFoundError:
            pass  # a temporary file that was just renamed
        return
    try:
        with _open(parts[0], folder) as handle:
            _remove(handle, parts[1:])
    except FileNotFoundError:
        return
    with suppress(OSError):  # not empty
        os.rmdir(parts[0], dir_fd=folder)
