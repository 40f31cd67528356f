"""The programs that these tests run, and their output."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).parents[2]
GENERATED = ROOT / "generated"
ROSTER = ROOT / ".venv" / "bin" / "roster"
SIGNING = ROOT / ".venv" / "signing"


def run(
    *command: str | Path, code: int = 0, cwd: Path = ROOT, env: Mapping[str, str] | None = None
) -> str:
    """The output of a program on both streams; it must end with this code."""
    done = subprocess.run(
        [str(part) for part in command],
        capture_output=True,
        text=True,
        check=False,
        cwd=cwd,
        env={**os.environ, **(env or {})},
    )
    output = done.stdout + done.stderr
    assert done.returncode == code, f"{command[0]} ended with {done.returncode}: {output[-3000:]}"
    return output


def pushed(image: str, folder: Path) -> str:
    """The digest of an image, `repository:tag`, of one file that holds its name."""
    (folder / "file").write_text(f"{image} {folder.name}", encoding="utf-8")
    run("tar", "-cf", "layer.tar", "file", cwd=folder)
    run(SIGNING / "crane", "append", "--insecure", "-f", folder / "layer.tar", "-t", image)
    return run(SIGNING / "crane", "digest", "--insecure", image).strip()
