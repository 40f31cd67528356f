"""What the compiler makes of this repository's specs, with some texts in them replaced."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

ROOT = Path(__file__).parents[2]


def emitted(folder: Path, changes: dict[str, dict[str, str]] | None = None) -> Path:
    """The generated folder of a copy of the specs; `changes`: texts to replace, by path."""
    for name in ("specs", "projects", "policies"):
        shutil.copytree(ROOT / name, folder / name)
    for path, texts in (changes or {}).items():
        text = (folder / path).read_text(encoding="utf-8")
        for old, new in texts.items():
            assert old in text, (path, old)
            text = text.replace(old, new)
        (folder / path).write_text(text, encoding="utf-8")
    command = [ROOT / ".venv/bin/roster", "generate", "--root", folder]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return folder / "generated"
