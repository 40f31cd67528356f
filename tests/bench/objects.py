"""Pickles the objects that an estate compiles to: in a process of its own, to keep peaks apart."""

from __future__ import annotations

import pickle
import sys
from datetime import UTC, datetime
from pathlib import Path

from compiler.cli import inputs
from compiler.pipeline import compile


def main() -> None:
    root = Path(sys.argv[1])
    read = inputs.read(root)
    result = compile(read.sources.values(), today=datetime.now(UTC).date())
    assert not result.failed, result.diagnostics[:3]
    made = [(file.path, file.object) for file in result.files if file.object is not None]
    (root / "objects.pickle").write_bytes(pickle.dumps(made))
    (root / "objects.count").write_text(str(len(made)), encoding="utf-8")


if __name__ == "__main__":
    main()
