"""
Every folder in tests/golden/ is a small repository: it has specs/, projects/ and policies/, and the
generated/ and diagnostics.txt which they compile to.

`make golden` rewrites those two; the run fails, so that the diff is read.
"""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import pytest

from compiler import render, write
from compiler.cli import inputs
from compiler.diagnostic import canonical
from compiler.pipeline import compile

CASES = sorted(path for path in (Path(__file__).parent / "golden").iterdir() if path.is_dir())
TODAY = date(2026, 11, 23)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_golden(case: Path, request: pytest.FixtureRequest) -> None:
    read = inputs.read(case)
    result = compile(read.sources.values(), today=TODAY)
    log, out = case / "diagnostics.txt", case / "generated"
    seen = render.text(canonical((*read.diagnostics, *result.diagnostics)), read.sources)
    expected = log.read_text(encoding="utf-8") if log.exists() else ""
    compiled = {file.path: file.text for file in result.files}
    committed = {
        path.relative_to(out).as_posix(): path.read_text(encoding="utf-8")
        for path in out.rglob("*")
        if path.is_file() and path.name != write.INDEX
    }
    if request.config.getoption("update_snapshots"):
        shutil.rmtree(out, ignore_errors=True)
        if result.files:
            with write.locked(out) as handle:
                write.apply(write.plan(result.files, {}, frozenset()), handle)
        log.write_text(seen, encoding="utf-8")
    assert seen == expected
    assert compiled == committed
