"""`roster generate` on disk: contained, atomic, repeatable; whatever lies in the way stays whole."""

from __future__ import annotations

import os
import pickle
import shutil
import signal
import socket
import subprocess
import sys
import time
from functools import cache
from pathlib import Path

import pytest

from compiler import write
from tests.estate import PRELUDE, TODAY, compiled, sources

DOCUMENTS = PRELUDE.read_text(encoding="utf-8").split("---\n")
HELPER = next(d for d in DOCUMENTS if "kind: Agent\n" in d).replace("financial", "helper")
PROJECT = next(d for d in DOCUMENTS if "kind: Project\n" in d)
TEAM = PROJECT.replace("    - agent: financial\n", "    - agent: helper\n    - agent: financial\n")
RENAMED = PROJECT.replace("name: flashfusion", "name: phoenix")
PM2 = "generated/pm2/flashfusion/ecosystem.config.cjs"
AS_ROOT = pytest.mark.skipif(os.geteuid() == 0, reason="root may write to read-only folders")


def lay_out(root: Path, *blocks: str, crlf: bool = False) -> Path:
    """The blocks and the prelude as files; whatever was an input before is gone."""
    for name in ("specs", "projects", "policies"):
        shutil.rmtree(root / name, ignore_errors=True)
    for path, source in sources(blocks).items():
        file = root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(source.text, encoding="utf-8", newline="\r\n" if crlf else "\n")
    return root


def start(root: Path, *args: str) -> subprocess.Popen[bytes]:
    day = () if "--today" in args else ("--today", str(TODAY))
    command = [sys.executable, "-m", "compiler", *args, "--root", str(root), *day]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def roster(root: Path, *args: str, code: int) -> str:
    """What it says, on both streams; it ends with the expected code, soon and without a crash."""
    with start(root, *args) as process:
        try:
            said = b"".join(process.communicate(timeout=20)).decode(errors="backslashreplace")
        finally:
            process.kill()
    assert "Traceback" not in said
    assert process.returncode == code, said
    return said


def tree(folder: Path) -> dict[str, bytes | str]:
    """Everything below a folder, its empty folders too."""
    found: dict[str, bytes | str] = {}
    for path in folder.rglob("*"):
        name = str(path.relative_to(folder))
        if path.is_symlink():
            found[name] = f"-> {path.readlink()}"
        else:
            found[name] = path.read_bytes() if path.is_file() else "folder"
    return found


@cache
def clean(*blocks: str) -> dict[str, bytes]:
    """What a run into an empty folder makes, but for the index."""
    return {file.path: file.text.encode() for file in compiled(*blocks).files}


def assert_clean(root: Path, *blocks: str) -> None:
    """generated/ holds what the blocks say, and nothing else: no leftovers, no empty folder."""
    have, want = tree(root / "generated"), clean(*blocks)
    assert have.pop(".index.json")
    folders = {str(p) for path in want for p in Path(path).parents} - {"."}
    assert have == want | dict.fromkeys(folders, "folder")


@pytest.fixture
def made(tmp_path: Path) -> Path:
    """A repository after its first run, beside a folder that is not its own."""
    root = lay_out(tmp_path / "root")
    roster(root, "generate", code=0)
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "theirs").write_text("theirs")
    return root


def test_output_folder_is_a_symlink(made: Path) -> None:
    shutil.rmtree(made / "generated")
    (made / "generated").symlink_to(made.parent / "outside")
    assert "symlink" in roster(made, "generate", code=2)
    assert tree(made.parent / "outside") == {"theirs": b"theirs"}


@pytest.mark.parametrize("folder", ["pm2", "clusters/prod/projects"])
def test_inner_folder_is_a_symlink(made: Path, folder: str) -> None:
    outside = made.parent / "outside"
    shutil.rmtree(made / "generated" / folder)
    (made / "generated" / folder).symlink_to(outside)
    assert "symlink" in roster(made, "generate", code=2)
    assert tree(outside) == {"theirs": b"theirs"}
    (made / "generated" / folder).unlink()
    roster(made, "generate", code=0)
    assert_clean(made)


@pytest.mark.parametrize("name", [PM2, "generated/.index.json"])
@pytest.mark.parametrize("link", ["symlink_to", "hardlink_to"])
def test_file_is_a_link(made: Path, link: str, name: str) -> None:
    victim = made.parent / "outside" / "theirs"
    (made / name).unlink()
    getattr(made / name, link)(victim)
    roster(made, "generate", code=0)
    assert victim.read_text() == "theirs"
    assert_clean(made)


def test_hard_link_keeps_the_old_bytes(made: Path) -> None:
    kept = made.parent / "outside" / "kept"
    kept.hardlink_to(made / PM2)
    before = kept.read_bytes()
    roster(lay_out(made, TEAM, HELPER), "generate", code=0)
    assert kept.read_bytes() == before != (made / PM2).read_bytes()


def test_foreign_file_is_left_alone_and_named(made: Path) -> None:
    (made / "generated/pm2/notes.txt").write_text("mine")
    assert "not ours, left alone: pm2/notes.txt" in roster(made, "generate", code=0)
    assert "not ours: pm2/notes.txt" in roster(made, "generate", "--check", code=1)
    assert (made / "generated/pm2/notes.txt").read_text() == "mine"


@pytest.mark.parametrize("name", [b"\xff", b"a\nb", b"\x1b[31m"])
def test_foreign_name_is_shown_harmlessly(made: Path, name: bytes) -> None:
    """The name may be no text, or one that a terminal obeys."""
    Path(os.fsdecode(os.fsencode(made / "generated") + b"/" + name)).write_text("mine")
    shown = roster(made, "generate", code=0), roster(made, "generate", "--check", code=1)
    assert all(line.isprintable() for said in shown for line in said.splitlines())
    assert all("not ours" in said and "\nb" not in said for said in shown)


@pytest.mark.parametrize("kind", ["fifo", "socket", "huge"])
def test_foreign_oddity_is_left_alone(made: Path, kind: str, monkeypatch) -> None:
    """What is no ordinary file is named; nothing waits for it, or reads all of it."""
    monkeypatch.chdir(made / "generated")
    if kind == "fifo":
        os.mkfifo("odd")
    elif kind == "socket":
        socket.socket(socket.AF_UNIX).bind("odd")
    else:
        with open("odd", "wb") as file:
            file.truncate(100 << 30)
    assert "not ours, left alone: odd" in roster(made, "generate", code=0)


@pytest.mark.parametrize("victim", ["pm2", PM2.removeprefix("generated/")])
def test_folder_and_file_swapped(made: Path, victim: str) -> None:
    """What cannot be replaced without deleting somebody's work is refused."""
    path = made / "generated" / victim
    if path.is_dir():
        shutil.rmtree(path)
        path.write_text("mine")
    else:
        path.unlink()
        path.mkdir()
        (path / "mine").write_text("mine")
    assert victim in roster(made, "generate", code=2)
    assert (path if path.is_file() else path / "mine").read_text() == "mine"


def test_removed_agent_and_renamed_project(made: Path) -> None:
    """Files that nobody makes any more go, and the folders that are empty then."""
    for blocks in ((TEAM, HELPER), (), (RENAMED,), ()):
        roster(lay_out(made, *blocks), "generate", code=0)
        assert_clean(made, *blocks)


def test_deleted_index(made: Path) -> None:
    index = made / "generated/.index.json"
    before = index.read_bytes()
    index.unlink()
    assert "missing: .index.json" in roster(made, "generate", "--check", code=1)
    roster(made, "generate", code=0)
    assert index.read_bytes() == before
    assert_clean(made)


BROKEN = [b"", b"{", b"\xff", b"null", b"[]", b"[" * 100_000, b'{"files": [1, "a"]}']
BROKEN += [b'{"files": {"../../outside/theirs": {}}}', b'{"files": {"/": {}, "": {}}}']


@pytest.mark.parametrize("text", BROKEN, ids=lambda text: repr(text[:30]))
def test_corrupt_index(made: Path, text: bytes) -> None:
    (made / "generated/.index.json").write_bytes(text)
    roster(made, "generate", "--check", code=1)
    roster(made, "generate", code=0)
    assert_clean(made)
    assert tree(made.parent / "outside") == {"theirs": b"theirs"}


@pytest.mark.parametrize("text", [b"", b"[]", b"[" * 100_000, b"items"])
def test_corrupt_memory(made: Path, text: bytes) -> None:
    """`.roster/` only saves time: whatever stands in it, the run is right."""
    (memory,) = (made / ".roster").iterdir()
    items = memory.read_bytes().replace(b'"diagnostics": []', b'"diagnostics": [[1,2,3,4,5,6]]')
    memory.write_bytes(items if text == b"items" else text)
    roster(made, "generate", code=0)
    assert_clean(made)


def test_folder_that_is_not_ours_is_refused(made: Path) -> None:
    out = made.parent / "outside"
    theirs = out / "pm2/flashfusion/ecosystem.config.cjs"
    theirs.parent.mkdir(parents=True)
    theirs.write_text("theirs")
    before = tree(out)
    assert "not ours" in roster(made, "generate", "--out", str(out), code=2)
    assert tree(out) == before


def test_errors_write_nothing(tmp_path: Path) -> None:
    root = lay_out(tmp_path, PROJECT.replace("agent: financial", "agent: nobody"))
    before = tree(root)
    assert "nothing is written" in roster(root, "generate", code=1)
    assert tree(root) == before


def test_check_writes_nothing(made: Path) -> None:
    lay_out(made, TEAM, HELPER)
    before = {path: path.lstat() for path in (made, *made.rglob("*"))}
    assert "missing: clusters/prod/projects" in roster(made, "generate", "--check", code=1)
    after = {path: path.lstat() for path in (made, *made.rglob("*"))}
    assert {p: (s.st_mtime_ns, s.st_ctime_ns, s.st_ino) for p, s in after.items()} == {
        p: (s.st_mtime_ns, s.st_ctime_ns, s.st_ino) for p, s in before.items()
    }


def test_every_change_is_noticed(made: Path) -> None:
    """A run with nothing to do says so; none is mistaken for one."""
    prompt, output = made / "specs/prompts/prompt.md", made / PM2
    assert "nothing has changed" in roster(made, "generate", code=0)
    output.write_bytes(output.read_bytes() + b" ")
    assert "1 written" in roster(made, "generate", code=0)
    output.unlink()
    assert "1 written" in roster(made, "generate", code=0)
    prompt.write_text("You are very careful.\n")
    assert "nothing has changed" not in roster(made, "generate", code=0)
    assert "nothing has changed" in roster(made, "generate", code=0)
    assert "nothing has changed" not in roster(made, "generate", "--today", "2026-11-24", code=0)


@AS_ROOT
def test_read_only_output_folder(made: Path) -> None:
    lay_out(made, TEAM, HELPER)
    (made / "generated").chmod(0o500)
    assert "permission" in roster(made, "generate", code=2)


@pytest.mark.parametrize("milliseconds", [0, 1, 2, 4, 8, 16])
def test_killed_while_it_writes(made: Path, milliseconds: int) -> None:
    old, index = clean(), made / "generated/.index.json"
    lay_out(made, TEAM, HELPER)
    before = index.read_bytes()
    with start(made, "generate") as process:
        while index.read_bytes() == before and process.poll() is None:
            pass
        time.sleep(milliseconds / 1000)
        process.send_signal(signal.SIGKILL)
    assert_old_or_new(made / "generated", old, clean(TEAM, HELPER))
    roster(made, "generate", code=0)
    assert_clean(made, TEAM, HELPER)


def assert_old_or_new(folder: Path, old: dict[str, bytes], new: dict[str, bytes]) -> None:
    for path, data in tree(folder).items():
        if data != "folder" and not path.endswith((".roster-tmp", ".index.json")):
            assert data in (old.get(path), new.get(path)), path


DIES = """
import os, pickle, sys
from compiler import write
left, root, changes = pickle.load(sys.stdin.buffer)
def counted(call):
    def step(*args, **options):
        global left
        left -= 1
        return call(*args, **options) if left >= 0 else os._exit(9)
    return step
with write.locked(root) as handle:
    for name in ("open", "mkdir", "write", "rename", "unlink", "rmdir"):
        setattr(os, name, counted(getattr(os, name)))
    write.apply(changes, handle)
"""


def settle(root: Path, blocks: tuple[str, ...], steps: int | None = None) -> bool:
    """Write what the blocks say, perhaps by a process that dies after so many system calls."""
    kept = ("pm2/", "registry/", "clusters/prod/projects/flashfusion/agent-helper/")
    files = [file for file in compiled(*blocks).files if file.path.startswith(kept)]
    with write.locked(root) as handle:
        changes = write.plan(files, write.snapshot(handle), write.owned(handle))
        if steps is None:
            write.apply(changes, handle)
            return True
    told = pickle.dumps((steps, root, changes))
    return subprocess.run([sys.executable, "-c", DIES], input=told, check=False).returncode == 0


@pytest.mark.parametrize(("old", "new"), [((), (TEAM, HELPER)), ((TEAM, HELPER), ())])
def test_killed_at_every_step(tmp_path: Path, old: tuple[str, ...], new: tuple[str, ...]) -> None:
    """Wherever it dies, each file is whole; the next run makes all well, forwards or back."""
    for name, blocks in (("old", old), ("new", new)):
        settle(tmp_path / name, blocks)
    want, work = {b: tree(tmp_path / n) for n, b in (("old", old), ("new", new))}, tmp_path / "work"
    steps, done, wrong = 0, False, []
    while not done:
        for then in (new, old):
            shutil.rmtree(work, ignore_errors=True)
            shutil.copytree(tmp_path / "old", work)
            done = settle(work, new, steps)
            assert_old_or_new(work, clean(*old), clean(*new))
            settle(work, then)
            left = tree(work).keys() ^ want[then].keys()
            wrong += [(steps, sorted(left))] if tree(work) != want[then] else []
        steps += 1
    assert steps > 10
    assert not wrong, wrong


def test_two_runs_at_once(tmp_path: Path) -> None:
    """The folder is one run's in the end, entire."""
    estates = {"a": (), "b": (TEAM, HELPER), "c": (RENAMED,)}
    roots = [lay_out(tmp_path / name, *blocks) for name, blocks in estates.items()]
    for _ in range(3):
        out = tmp_path / "generated"
        runs = [start(root, "generate", "--out", str(out)) for root in roots]
        assert all(run.communicate() and run.returncode == 0 for run in runs)
        have = {path: data for path, data in tree(out).items() if isinstance(data, bytes)}
        assert have.pop(".index.json")
        assert have in [clean(*blocks) for blocks in estates.values()]
