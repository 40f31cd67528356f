"""The input files, read from disk once: their texts, diagnostics, and a digest of everything."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from compiler.diagnostic import Diagnostic, Rule, Severity
from compiler.source import DEFINITIONS, EVIDENCE, LISTED, TEMPLATES, Source, top

FOLDERS = ("specs", "projects", "policies")
SUFFIXES = (".yaml", ".yml", ".md", ".json", ".txt")
MAX_BYTES, MAX_FOREIGN = 1_000_000, 32_000_000
"""For files that are written here, and for copies from elsewhere: definitions, tools, reports."""
MAX_DEPTH = 8
_TEMPLATE = ".j2"
_CHART = re.compile(r"projects/[^/]+/charts/[^/]+\.py")

SYMLINK = Rule("input-symlink", Severity.ERROR, "a symlink among the specs")
UNREADABLE = Rule("input-unreadable", Severity.ERROR, "an input file cannot be read")
ENCODING = Rule("input-encoding", Severity.ERROR, "an input file is not UTF-8")
LARGE = Rule("input-too-large", Severity.ERROR, "an input file is larger than any spec")
IGNORED = Rule("input-ignored", Severity.WARNING, "a file among the specs that is not read")
RULES = (SYMLINK, UNREADABLE, ENCODING, LARGE, IGNORED)

_ODDITIES = {
    "symlink": (SYMLINK, "this is a symlink", "put the file itself here; nothing outside is read"),
    "unreadable": (UNREADABLE, "the folder cannot be read", "look at its permissions"),
    "nameless": (UNREADABLE, "the file's name is not printable text", "rename it"),
    "special": (UNREADABLE, "this is not a regular file", "remove it"),
    "deep": (UNREADABLE, f"folders are nested more than {MAX_DEPTH} deep", "flatten them"),
    "ignored": (IGNORED, "this file is not read", f"specs end in {', '.join(SUFFIXES)}"),
}
_OPEN = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC


@dataclass(frozen=True, slots=True)
class Inputs:
    """Everything that a compilation reads."""

    sources: dict[str, Source]
    diagnostics: tuple[Diagnostic, ...]
    digest: str
    digests: dict[str, str]  # the SHA-256 of the bytes of each file


def read(root: Path) -> Inputs:
    """Read all inputs below `root`; a file that is a symlink, huge or unreadable is reported."""
    sources: dict[str, Source] = {}
    diagnostics: list[Diagnostic] = []
    digests: dict[str, str] = {}
    digest = sha256()
    for path, kind in sorted(entry for name in FOLDERS for entry in _walk(root, name, 1)):
        content = _file(root, path) if kind == "file" else _oddity(path, kind)
        if isinstance(content, Diagnostic):
            diagnostics.append(content)
            digest.update(repr(content).encode())
        else:
            digests[path] = sha256(content).hexdigest()
            sources[path] = _source(path, content, digests[path])
            digest.update(f"{path}\0{len(content)}\0".encode() + content)
    return Inputs(sources, tuple(diagnostics), digest.hexdigest(), digests)


def _source(path: str, data: bytes, digest: str) -> Source:
    binary = "" if _is_text(path) else digest
    try:
        text = data.decode("utf-8-sig") if not binary or len(data) <= MAX_BYTES else ""
    except UnicodeDecodeError:
        text = ""
    return Source(path, text.replace("\r\n", "\n"), binary)


def _is_text(path: str) -> bool:
    """Whether it has to be text; what else lies with the evidence may be."""
    if path.startswith(TEMPLATES) and path.endswith(_TEMPLATE):
        return True
    return path.endswith(SUFFIXES) or _CHART.fullmatch(path) is not None


def _walk(root: Path, below: str, depth: int) -> Iterator[tuple[str, str]]:
    """Every entry below a folder: its path and kind (a key of _ODDITIES, or "file")."""
    if (root / below).is_symlink():
        yield below, "symlink"
        return
    try:
        with os.scandir(root / below) as scan:
            entries = list(scan)
    except FileNotFoundError:
        return
    except OSError:
        yield below, "unreadable"
        return
    for entry in entries:
        path = f"{below}/{entry.name}"
        kind = _kind(entry, path, depth)
        if kind == "folder":
            yield from _walk(root, path, depth + 1)
        elif kind == "nameless":
            yield os.fsencode(path).decode("utf-8", "backslashreplace"), kind
        elif kind != "hidden":
            yield path, kind


def _kind(entry: os.DirEntry[str], path: str, depth: int) -> str:
    if not entry.name.isprintable():
        return "nameless"
    if entry.is_symlink():
        return "symlink"
    if entry.name.startswith("."):
        return "hidden"
    if entry.is_dir():
        if entry.name == "__pycache__":
            return "hidden"
        return "folder" if depth < MAX_DEPTH else "deep"
    if not _is_text(path) and not path.startswith(EVIDENCE):
        return "ignored"
    return "file" if entry.is_file() else "special"


def _oddity(path: str, kind: str) -> Diagnostic:
    rule, message, help = _ODDITIES[kind]
    return rule.at(top(path), message, help=help)


def _file(root: Path, path: str) -> bytes | Diagnostic:
    try:
        handle = os.open(root / path, _OPEN)
    except OSError as error:
        message = f"the file cannot be read: {(error.strerror or 'unknown error').lower()}"
        return UNREADABLE.at(top(path), message, help="look at its permissions")
    with os.fdopen(handle, "rb") as file:
        foreign = path.startswith(DEFINITIONS) or path.endswith(LISTED) or not _is_text(path)
        most = MAX_FOREIGN if foreign else MAX_BYTES
        data = file.read(most + 1)
    if len(data) > most:
        message = f"the file is larger than {most} bytes"
        return LARGE.at(top(path), message, help="split it")
    try:
        if _is_text(path):
            data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        message = f"the file is not UTF-8: byte {error.start}, in line {line}"
        return ENCODING.at(top(path), message, help="save it as UTF-8")
    return data
