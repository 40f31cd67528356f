"""Pickle what an estate compiles to, in a process of its own so that peaks stay separate."""

from __future__ import annotations

import json
import pickle
import sys
from datetime import UTC, datetime
from pathlib import Path

from compiler.cli import inputs
from compiler.emit import File
from compiler.pipeline import compile


def main() -> None:
    root = Path(sys.argv[1])
    read = inputs.read(root)
    result = compile(read.sources.values(), today=datetime.now(UTC).date())
    assert not result.failed, result.diagnostics[:3]
    (root / "ready.pickle").write_bytes(pickle.dumps([(f.path, _ready(f)) for f in result.files]))
    count = sum(file.object is not None for file in result.files)
    (root / "objects.count").write_text(str(count), encoding="utf-8")


def _ready(file: File) -> object:
    """The content of a file: an object, the data of JSON, or its text."""
    if file.object is not None:
        return file.object
    return json.loads(file.text) if file.path.endswith(".json") else file.text


if __name__ == "__main__":
    main()
