"""A run that is killed, or two at once: each file is old or new, and the next run repairs."""

from __future__ import annotations

import os
import shutil
import time
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from compiler import write
from tests.folders import (
    HELPER,
    RENAMED,
    TEAM,
    assert_clean,
    clean,
    files,
    lay_out,
    roster,
    started,
    tree,
)


@pytest.mark.parametrize("milliseconds", [0, 1, 2, 4, 8, 16])
def test_killed_while_it_writes(generated: Path, milliseconds: int) -> None:
    old, index = clean(), generated / "generated/.index.json"
    lay_out(generated, TEAM, HELPER)
    before = index.read_bytes()
    with started(generated, "generate") as process:
        while index.read_bytes() == before and process.running:
            pass
        time.sleep(milliseconds / 1000)
        process.kill()
    assert_old_or_new(generated / "generated", old, clean(TEAM, HELPER))
    roster(generated, "generate", code=0)
    assert_clean(generated, TEAM, HELPER)


def assert_old_or_new(folder: Path, old: dict[str, bytes], new: dict[str, bytes]) -> None:
    for path, data in tree(folder).items():
        if data != "folder" and not path.endswith(
            (".roster-tmp", ".index.json", "provenance.json")
        ):
            assert data in (old.get(path), new.get(path)), path


def counted(call: Any, left: list[int]) -> Any:
    def step(*args: Any, **options: Any) -> Any:
        return call(*args, **options) if left and left.pop() else os._exit(9)

    return step


def dies(changes: write.Changes, handle: int, steps: int) -> bool:
    """Whether a process that ends at a system call of this number has written only a part."""
    if child := os.fork():
        return os.waitpid(child, 0)[1] != 0
    try:
        left = [1] * steps
        for name in ("open", "mkdir", "write", "rename", "unlink", "rmdir"):
            setattr(os, name, counted(getattr(os, name), left))
        write.apply(changes, handle)
        os._exit(0)
    finally:
        os._exit(1)


def settle(root: Path, blocks: tuple[str, ...], steps: int = 0) -> bool:
    """Write what the blocks compile to; returns whether all of it was written."""
    kept = ("registry/", "clusters/prod/projects/flashfusion/agent-helper/service")
    some = [file for file in files(*blocks) if file.path.startswith(kept)]
    with write.locked(root) as handle:
        changes = write.plan(some, write.snapshot(handle), write.owned(handle))
        if steps:
            return not dies(changes, handle, steps)
        write.apply(changes, handle)
    return True


@pytest.mark.parametrize(("old", "new"), [((), (TEAM, HELPER)), ((TEAM, HELPER), ())])
def test_killed_at_every_step(tmp_path: Path, old: tuple[str, ...], new: tuple[str, ...]) -> None:
    """Wherever it ends, each file is whole; the next run completes or reverts the change."""
    for name, blocks in (("old", old), ("new", new)):
        settle(tmp_path / name, blocks)
    want, work = {b: tree(tmp_path / n) for n, b in (("old", old), ("new", new))}, tmp_path / "work"
    steps, done, wrong = 1, False, []
    while not done:
        for then in (new, old):
            shutil.rmtree(work, ignore_errors=True)
            shutil.copytree(tmp_path / "old", work)
            done = settle(work, new, steps)
            assert_old_or_new(work, clean(*old), clean(*new))
            try:
                settle(work, then)
            except OSError as error:
                wrong.append((steps, error))
            else:
                wrong += [(steps, path) for path in tree(work).keys() ^ want[then].keys()]
        steps += 1
    assert steps > 10
    assert not wrong


def test_two_runs_at_once(tmp_path: Path) -> None:
    """In the end the folder holds the files of one run, all of them."""
    estates = {"a": (), "b": (TEAM, HELPER), "c": (RENAMED,)}
    roots = [lay_out(tmp_path / name, *blocks) for name, blocks in estates.items()]
    for _ in range(3):
        out = tmp_path / "generated"
        with ExitStack() as stack:
            runs = [
                stack.enter_context(started(root, "generate", "--out", str(out))) for root in roots
            ]
            assert [run.wait().returncode for run in runs] == [0, 0, 0]
        files = {path: data for path, data in tree(out).items() if isinstance(data, bytes)}
        assert files.pop(".index.json")
        assert files.pop("provenance.json")
        assert files in [clean(*blocks) for blocks in estates.values()]
