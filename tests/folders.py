"""Estates as folders on disk, `roster` run on them, and the files that it writes."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from compiler.emit import File
from compiler.pipeline import compile
from compiler.source import Source
from tests import command
from tests.command import Command
from tests.estate import PRELUDE, TODAY, sources

DOCUMENTS = PRELUDE.read_text(encoding="utf-8").split("---\n")
AGENT = next(d for d in DOCUMENTS if "kind: Agent\n" in d)
HELPER = AGENT.replace("financial", "helper").replace("  servers: [{server: stripe}]\n", "")
PROJECT = next(d for d in DOCUMENTS if "kind: Project\n" in d)
TEAM = PROJECT.replace("    - agent: financial\n", "    - agent: helper\n    - agent: financial\n")
RENAMED = PROJECT.replace("name: flashfusion", "name: phoenix")
PM2 = "pm2/flashfusion/ecosystem.config.cjs"
MEMORY = 1 << 30


def estate(*blocks: str) -> dict[str, Source]:
    """The blocks and the prelude, without its project if a block has one."""
    files = sources(blocks)
    if any("kind: Project\n" in block for block in blocks):
        files.pop("projects/flashfusion/prelude-project-flashfusion.yaml", None)
    return files


def lay_out(root: Path, *blocks: str) -> Path:
    """Write such an estate into a folder, in place of the inputs that it had."""
    for name in ("specs", "projects", "policies"):
        shutil.rmtree(root / name, ignore_errors=True)
    for path, source in estate(*blocks).items():
        file = root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(source.text, encoding="utf-8")
    return root


@contextmanager
def started(root: Path, *arguments: str) -> Iterator[Command]:
    """`roster` on a folder, at the day of the tests and with little memory."""
    day = () if "--today" in arguments else ("--today", str(TODAY))
    with command.started(*arguments, "--root", str(root), *day, memory=MEMORY) as process:
        yield process


def roster(root: Path, *arguments: str, code: int) -> str:
    """What it prints, on both streams; it ends with the expected code and without a crash."""
    with started(root, *arguments) as process:
        result = process.wait()
    output = result.stdout + result.stderr
    assert result.returncode == code, output
    return output


def tree(folder: Path) -> dict[str, bytes | str]:
    """Everything below a folder: the bytes of files, targets of links, and folders."""
    entries: dict[str, bytes | str] = {}
    for path in folder.rglob("*"):
        name = str(path.relative_to(folder))
        if path.is_symlink():
            entries[name] = f"-> {path.readlink()}"
        else:
            entries[name] = path.read_bytes() if path.is_file() else "folder"
    return entries


@cache
def files(*blocks: str) -> tuple[File, ...]:
    """What the blocks compile to."""
    return compile(estate(*blocks).values(), today=TODAY).files


def clean(*blocks: str) -> dict[str, bytes]:
    """What a run into an empty folder writes, without the index and the provenance."""
    return {file.path: file.text.encode() for file in files(*blocks)}


def assert_clean(root: Path, *blocks: str) -> None:
    """generated/ holds what the blocks compile to, and nothing else: no empty folder either."""
    actual, expected = tree(root / "generated"), clean(*blocks)
    assert actual.pop(".index.json")
    assert actual.pop("provenance.json")
    folders = {str(p) for path in expected for p in Path(path).parents} - {"."}
    assert actual == expected | dict.fromkeys(folders, "folder")
