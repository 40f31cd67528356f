"""The same input gives the same bytes: other hash seed, time zone, locale, order, folder."""

from __future__ import annotations

import os
import random
import subprocess
import sys
from datetime import date
from hashlib import sha256
from pathlib import Path

import pytest

from compiler.cli import inputs
from compiler.pipeline import compile

ROOT = Path(__file__).parents[1]
TODAY = date(2026, 11, 23)
ENVIRONMENTS = {
    "seed 1": {"PYTHONHASHSEED": "1"},
    "seed 7, Auckland": {"PYTHONHASHSEED": "7", "TZ": "Pacific/Auckland"},
    "Turkish": {"LC_ALL": "tr_TR.UTF-8", "LANG": "tr_TR.UTF-8", "PYTHONHASHSEED": "3"},
    "ASCII": {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONHASHSEED": "4"},
}


def tree(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def generate(out: Path, **environment: str) -> dict[str, str]:
    command = [sys.executable, "-m", "compiler", "generate", "--root", str(ROOT)]
    command += ["--out", str(out), "--today", TODAY.isoformat()]
    subprocess.run(
        command,
        check=True,
        capture_output=True,
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], **environment},
    )
    return tree(out)


@pytest.fixture(scope="module")
def reference(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    return generate(tmp_path_factory.mktemp("reference") / "out", PYTHONHASHSEED="0")


@pytest.mark.parametrize("name", list(ENVIRONMENTS))
def test_another_environment(name: str, reference: dict[str, str], tmp_path: Path) -> None:
    assert generate(tmp_path / "out", **ENVIRONMENTS[name]) == reference


def test_shuffled_input(reference: dict[str, str]) -> None:
    sources = list(inputs.read(ROOT).sources.values())
    random.Random(11).shuffle(sources)
    result = compile(sources, today=TODAY)
    digests = {f.path: sha256(f.text.encode()).hexdigest() for f in result.files}
    beside = (".index.json", "provenance.json")
    assert digests == {path: d for path, d in reference.items() if path not in beside}


def test_what_is_committed_is_what_the_specs_say(reference: dict[str, str]) -> None:
    assert tree(ROOT / "generated") == reference
