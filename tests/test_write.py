"""`roster generate` on disk: contained, atomic, repeatable; no other file is lost."""

from __future__ import annotations

import os
import shutil
import socket
from pathlib import Path

import pytest

from tests.folders import (
    HELPER,
    MEMORY,
    PM2,
    PROJECT,
    RENAMED,
    TEAM,
    assert_clean,
    lay_out,
    roster,
    tree,
)


@pytest.mark.parametrize("folder", ["", "pm2", "clusters/prod/projects"])
def test_folder_is_a_symlink(generated: Path, folder: str) -> None:
    path, outside = generated / "generated" / folder, generated.parent / "outside"
    shutil.rmtree(path)
    path.symlink_to(outside)
    assert "symlink" in roster(generated, "generate", code=2)
    assert tree(outside) == {"theirs": b"theirs"}
    path.unlink()
    roster(generated, "generate", code=0)
    assert_clean(generated)


@pytest.mark.parametrize("name", [PM2, ".index.json"])
@pytest.mark.parametrize("link", ["symlink_to", "hardlink_to"])
def test_file_is_a_link(generated: Path, link: str, name: str) -> None:
    victim, path = generated.parent / "outside/theirs", generated / "generated" / name
    path.unlink()
    getattr(path, link)(victim)
    roster(generated, "generate", code=0)
    assert victim.read_text() == "theirs"
    assert_clean(generated)


@pytest.mark.parametrize("kind", ["file", "fifo", "socket", "huge"])
def test_foreign_file_is_left_alone_and_named(generated: Path, kind: str, monkeypatch) -> None:
    """The run does not wait for it, nor read all of it into memory."""
    monkeypatch.chdir(generated / "generated/pm2")  # a socket's path must be short
    if kind == "fifo":
        os.mkfifo("odd")
    elif kind == "socket":
        socket.socket(socket.AF_UNIX).bind("odd")
    else:
        Path("odd").write_text("mine")
        os.truncate("odd", MEMORY + 1 if kind == "huge" else 4)
    before = os.lstat("odd")
    assert "not ours, left alone: pm2/odd" in roster(generated, "generate", code=0)
    assert "not ours: pm2/odd" in roster(generated, "generate", "--check", code=1)
    assert os.lstat("odd").st_mtime_ns == before.st_mtime_ns


@pytest.mark.parametrize("name", [b"\xff", b"a\nb", b"\x1b]0;x\x07"])
def test_foreign_name_is_shown_harmlessly(generated: Path, name: bytes) -> None:
    """The name may be not UTF-8, or have control characters of terminals."""
    Path(os.fsdecode(os.fsencode(generated / "generated") + b"/" + name)).write_text("mine")
    for result in (
        roster(generated, "generate", code=0),
        roster(generated, "generate", "--check", code=1),
    ):
        assert "not ours" in result
        assert "\nb" not in result
        assert result.replace("\n", "").isprintable()


@pytest.mark.parametrize("victim", ["pm2", PM2])
def test_folder_and_file_swapped(generated: Path, victim: str) -> None:
    """What cannot be replaced without deleting other files is refused."""
    path = generated / "generated" / victim
    if path.is_dir():
        shutil.rmtree(path)
        path.write_text("mine")
    else:
        path.unlink()
        path.mkdir()
        (path / "mine").write_text("mine")
    assert victim in roster(generated, "generate", code=2)
    assert (path if path.is_file() else path / "mine").read_text() == "mine"


def test_removed_agent_and_renamed_project(generated: Path) -> None:
    """Files that are no longer generated are removed, and folders that become empty."""
    for blocks in ((TEAM, HELPER), (), (RENAMED,), ()):
        roster(lay_out(generated, *blocks), "generate", code=0)
        assert_clean(generated, *blocks)


BROKEN = [None, b"", b"{", b"\xff", b"null", b"[]", b"[" * 100_000, b'{"files": [1, "a"]}']
BROKEN += [b'{"files": {"../../outside/theirs": {}}}', b'{"files": {"/": {}, "": {}}}']


@pytest.mark.parametrize("text", BROKEN, ids=lambda text: repr(text and text[:30]))
def test_broken_index(generated: Path, text: bytes | None) -> None:
    index = generated / "generated/.index.json"
    before = index.read_bytes()
    index.unlink() if text is None else index.write_bytes(text)
    roster(generated, "generate", code=0)
    assert index.read_bytes() == before
    assert_clean(generated)
    assert tree(generated.parent / "outside") == {"theirs": b"theirs"}


def test_difference_has_a_name(generated: Path) -> None:
    """`--check` never fails without naming a difference."""
    (generated / "generated/.index.json").unlink()
    assert ".index.json" in roster(generated, "generate", "--check", code=1)


@pytest.mark.parametrize("text", [b"", b"[]", b"[" * 100_000, b"items"])
def test_corrupt_memory(generated: Path, text: bytes) -> None:
    """`.roster/` only saves time: with any content of it, the run is right."""
    roster(generated, "generate", code=0)
    for memory in (generated / ".roster").iterdir():
        items = memory.read_bytes().replace(b'"diagnostics": []', b'"diagnostics": [[1,2,3,4,5,6]]')
        memory.write_bytes(items if text == b"items" else text)
    roster(generated, "generate", code=0)
    assert_clean(generated)


def test_folder_that_is_not_ours_is_refused(generated: Path) -> None:
    out = generated.parent / "outside"
    (out / PM2).parent.mkdir(parents=True)
    (out / PM2).write_text("theirs")
    before = tree(out)
    assert "not ours" in roster(generated, "generate", "--out", str(out), code=2)
    assert tree(out) == before


def test_errors_write_nothing(tmp_path: Path) -> None:
    root = lay_out(tmp_path, PROJECT.replace("agent: financial", "agent: nobody"))
    before = tree(root)
    assert "nothing is written" in roster(root, "generate", code=1)
    assert tree(root) == before


def test_check_writes_nothing(generated: Path) -> None:
    lay_out(generated, TEAM, HELPER)
    before = {path: path.lstat().st_ctime_ns for path in generated.rglob("*")}
    assert "missing: clusters/prod/projects" in roster(generated, "generate", "--check", code=1)
    after = {path: path.lstat().st_ctime_ns for path in generated.rglob("*")}
    assert after == before


def test_every_change_is_noticed(generated: Path) -> None:
    """A run with nothing to do says so; no other run does."""
    prompt, output = generated / "specs/prompts/prompt.md", generated / "generated" / PM2
    roster(generated, "generate", code=0)
    assert "nothing has changed" in roster(generated, "generate", code=0)
    output.write_bytes(output.read_bytes() + b" ")
    assert "1 written" in roster(generated, "generate", code=0)
    output.unlink()
    assert "1 written" in roster(generated, "generate", code=0)
    prompt.write_text("You are very careful.\n")
    assert "nothing has changed" not in roster(generated, "generate", code=0)
    assert "nothing has changed" in roster(generated, "generate", code=0)
    assert "nothing has changed" not in roster(
        generated, "generate", "--today", "2026-11-24", code=0
    )


def test_read_only_output_folder(generated: Path) -> None:
    (generated / "generated").chmod(0o500)
    assert "permission" in roster(lay_out(generated, TEAM, HELPER), "generate", code=2)
