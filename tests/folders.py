"""Estates as folders on disk, `roster` run on them, and what it made."""

from __future__ import annotations

import ctypes
import os
import resource
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path

from compiler.emit import File
from compiler.pipeline import compile
from compiler.source import Source
from tests.estate import PRELUDE, TODAY, sources

DOCUMENTS = PRELUDE.read_text(encoding="utf-8").split("---\n")
AGENT = next(d for d in DOCUMENTS if "kind: Agent\n" in d)
HELPER = AGENT.replace("financial", "helper").replace("  servers: [{server: stripe}]\n", "")
PROJECT = next(d for d in DOCUMENTS if "kind: Project\n" in d)
TEAM = PROJECT.replace("    - agent: financial\n", "    - agent: helper\n    - agent: financial\n")
RENAMED = PROJECT.replace("name: flashfusion", "name: phoenix")
PM2 = "pm2/flashfusion/ecosystem.config.cjs"
MEMORY = 1 << 30
PR_CAPBSET_DROP, CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH = 24, 1, 2  # of Linux


def estate(*blocks: str) -> dict[str, Source]:
    """The blocks and the prelude, but for its project where a block has one."""
    found = sources(blocks)
    if any("kind: Project\n" in block for block in blocks):
        found.pop("projects/flashfusion/prelude-project-flashfusion.yaml", None)
    return found


def lay_out(root: Path, *blocks: str) -> Path:
    """Such an estate as files; whatever was an input before is gone."""
    for name in ("specs", "projects", "policies"):
        shutil.rmtree(root / name, ignore_errors=True)
    for path, source in estate(*blocks).items():
        file = root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(source.text, encoding="utf-8")
    return root


def as_anybody() -> None:
    """In a child that is about to start a program: root loses the right to ignore permissions."""
    if os.geteuid() != 0:
        return
    libc = ctypes.CDLL(None)
    for capability in (CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH):
        libc.prctl(PR_CAPBSET_DROP, capability, 0, 0, 0)


def start(root: Path, *args: str) -> subprocess.Popen[bytes]:
    day = () if "--today" in args else ("--today", str(TODAY))
    command = [sys.executable, "-m", "compiler", *args, "--root", str(root), *day]
    process = subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        preexec_fn=as_anybody,  # noqa: PLW1509 - no threads here
    )
    resource.prlimit(process.pid, resource.RLIMIT_AS, (MEMORY, MEMORY))
    return process


def roster(root: Path, *args: str, code: int) -> str:
    """What it says, on both streams; it ends with the expected code, soon and without a crash."""
    with start(root, *args) as process:
        try:
            said = b"".join(process.communicate(timeout=20)).decode(errors="backslashreplace")
        finally:
            process.kill()
    assert "Traceback" not in said
    assert process.returncode == code, said
    return said


def tree(folder: Path) -> dict[str, bytes | str]:
    """Everything below a folder, its empty folders too."""
    found: dict[str, bytes | str] = {}
    for path in folder.rglob("*"):
        name = str(path.relative_to(folder))
        if path.is_symlink():
            found[name] = f"-> {path.readlink()}"
        else:
            found[name] = path.read_bytes() if path.is_file() else "folder"
    return found


@cache
def files(*blocks: str) -> tuple[File, ...]:
    return compile(estate(*blocks).values(), today=TODAY).files


def clean(*blocks: str) -> dict[str, bytes]:
    """What a run into an empty folder makes, but for the index."""
    return {file.path: file.text.encode() for file in files(*blocks)}


def assert_clean(root: Path, *blocks: str) -> None:
    """generated/ holds what the blocks say, and nothing else: no leftovers, no empty folder."""
    have, want = tree(root / "generated"), clean(*blocks)
    assert have.pop(".index.json")
    assert have.pop("provenance.json")
    folders = {str(p) for path in want for p in Path(path).parents} - {"."}
    assert have == want | dict.fromkeys(folders, "folder")
