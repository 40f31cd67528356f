"""Fixtures of several files, and how the tests' processes collect garbage."""

from __future__ import annotations

import gc
import shutil
from pathlib import Path

import pytest

from tests.folders import lay_out, roster


def pytest_collection_finish() -> None:
    """The modules and tests stay to the end: do not search them for garbage again and again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)


@pytest.fixture(scope="module")
def first(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("first")
    roster(lay_out(folder / "root"), "generate", code=0)
    shutil.rmtree(folder / "root/.roster")
    (folder / "outside").mkdir()
    (folder / "outside/theirs").write_text("theirs")
    return folder


@pytest.fixture
def generated(first: Path, tmp_path: Path) -> Path:
    """A repository after its first run, beside a folder that is not its own."""
    shutil.copytree(first, tmp_path, dirs_exist_ok=True)
    return tmp_path / "root"
