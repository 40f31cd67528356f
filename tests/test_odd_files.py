"""Hostile files: each is refused from the command line; nothing waits, crashes or leaks."""

from __future__ import annotations

import os
import re
import socket
from pathlib import Path

import pytest

from tests.folders import HELPER, clean, lay_out, roster, tree


def odd_file(file: Path, kind: str) -> None:
    """Anything but an ordinary file of UTF-8 text with an ordinary name."""
    outside = file.parents[3] / "outside.yaml"
    outside.write_text("a: b\n")
    if kind == "symlink":
        file.symlink_to(outside)
    elif kind == "folder symlink":
        file.with_suffix("").symlink_to(outside.parent)
    elif kind == "fifo":
        os.mkfifo(file)
    elif kind == "socket":
        socket.socket(socket.AF_UNIX).bind(file.name)
    elif kind in NAMELESS:
        Path(os.fsdecode(os.fsencode(file.parent) + b"/" + NAMELESS[kind])).write_text("a: b")
    else:
        file.write_bytes(CONTENTS[kind][:2000])
        os.truncate(file, int(kind.split()[0]) << 20) if kind.endswith("MB") else None


NAMELESS = {"no text": b"\xff.yaml", "newline": b"a\nb.yaml", "escape": b"a\x1b]0;b\x07.yaml"}
CONTENTS = {
    "latin-1": "a: é".encode("latin-1"),
    **{code: "a: b".encode(code) for code in ("utf-16", "utf-16-le", "utf-32")},
    "binary": bytes(range(256)),
    "surrogate": b"a: \xed\xa0\x80",
    "overlong": b"a: \xc0\xaf",
    "two byte order marks": b"\xef\xbb\xbf" * 2 + b"a: b",
    "100 MB": b"a: b",
    "1000000 MB": b"a: b",
}
KINDS = ["symlink", "folder symlink", "fifo", "socket", *NAMELESS, *CONTENTS]


@pytest.mark.parametrize("kind", KINDS)
def test_odd_file(tmp_path: Path, kind: str, monkeypatch) -> None:
    """Refused from the command line; it never waits, crashes, or reads what lies outside."""
    root = lay_out(tmp_path / "root")
    monkeypatch.chdir(root / "specs/agents")
    odd_file(root / "specs/agents/x.yaml", kind)
    for command in ("generate",) if kind in CONTENTS else ("check", "generate"):
        result = roster(root, command, code=1)
        assert result.replace("\n", "").isprintable()
    assert not list((root / "generated").glob("*"))


def test_deep_folders(tmp_path: Path, monkeypatch) -> None:
    """They are removed at once, as pytest cannot remove them."""
    root = lay_out(tmp_path)
    monkeypatch.chdir(root / "specs")
    for _ in range(1500):
        os.mkdir("a")
        os.chdir("a")
    try:
        roster(root, "check", code=1)
    finally:
        for _ in range(1500):
            os.chdir("..")
            os.rmdir("a")


def test_specs_is_a_symlink(tmp_path: Path) -> None:
    """Nothing outside the repository is read."""
    root = lay_out(tmp_path / "root")
    (root / "policies").rename(tmp_path / "policies")
    (root / "policies").symlink_to(tmp_path / "policies")
    assert "symlink" in roster(root, "check", code=1)


@pytest.mark.parametrize("name", ["specs/agents", "specs/prompts/prompt.md"])
def test_unreadable(tmp_path: Path, name: str) -> None:
    root = lay_out(tmp_path)
    (root / name).chmod(0)
    result = roster(root, "check", code=1)
    (root / name).chmod(0o700)
    assert "error[input-unreadable]" in result


@pytest.mark.parametrize(("old", "new"), [(b"\n", b"\r\n"), (b"\\A", b"\xef\xbb\xbf")])
def test_line_ends_and_byte_order_marks_change_nothing(tmp_path, old: bytes, new: bytes) -> None:
    root = lay_out(tmp_path, HELPER)
    for file in root.rglob("*.*"):
        file.write_bytes(re.sub(old, new, file.read_bytes()))
    roster(root, "generate", code=0)
    have = tree(root / "generated")
    assert {path: have[path] for path in clean(HELPER)} == clean(HELPER)
