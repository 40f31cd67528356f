"""`roster generate` on disk: contained, atomic, repeatable; nobody else's work is lost."""

from __future__ import annotations

import os
import resource
import shutil
import signal
import socket
import subprocess
import sys
import time
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from compiler import write
from compiler.emit import File
from compiler.pipeline import compile
from compiler.source import Source
from tests.estate import PRELUDE, TODAY, sources

DOCUMENTS = PRELUDE.read_text(encoding="utf-8").split("---\n")
AGENT = next(d for d in DOCUMENTS if "kind: Agent\n" in d)
HELPER = AGENT.replace("financial", "helper").replace("  servers: [{server: stripe}]\n", "")
PROJECT = next(d for d in DOCUMENTS if "kind: Project\n" in d)
TEAM = PROJECT.replace("    - agent: financial\n", "    - agent: helper\n    - agent: financial\n")
RENAMED = PROJECT.replace("name: flashfusion", "name: phoenix")
PM2 = "pm2/flashfusion/ecosystem.config.cjs"
MEMORY = 1 << 30


def estate(*blocks: str) -> dict[str, Source]:
    """The blocks and the prelude, but for its project where a block has one."""
    found = sources(blocks)
    if any("kind: Project\n" in block for block in blocks):
        found.pop("projects/flashfusion/prelude-project-flashfusion.yaml", None)
    return found


def lay_out(root: Path, *blocks: str) -> Path:
    """Such an estate as files; whatever was an input before is gone."""
    for name in ("specs", "projects", "policies"):
        shutil.rmtree(root / name, ignore_errors=True)
    for path, source in estate(*blocks).items():
        file = root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(source.text, encoding="utf-8")
    return root


def start(root: Path, *args: str) -> subprocess.Popen[bytes]:
    day = () if "--today" in args else ("--today", str(TODAY))
    command = [sys.executable, "-m", "compiler", *args, "--root", str(root), *day]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    resource.prlimit(process.pid, resource.RLIMIT_AS, (MEMORY, MEMORY))
    return process


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
def files(*blocks: str) -> tuple[File, ...]:
    return compile(estate(*blocks).values(), today=TODAY).files


def clean(*blocks: str) -> dict[str, bytes]:
    """What a run into an empty folder makes, but for the index."""
    return {file.path: file.text.encode() for file in files(*blocks)}


def assert_clean(root: Path, *blocks: str) -> None:
    """generated/ holds what the blocks say, and nothing else: no leftovers, no empty folder."""
    have, want = tree(root / "generated"), clean(*blocks)
    assert have.pop(".index.json")
    folders = {str(p) for path in want for p in Path(path).parents} - {"."}
    assert have == want | dict.fromkeys(folders, "folder")


@pytest.fixture(scope="module")
def first(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("first")
    roster(lay_out(folder / "root"), "generate", code=0)
    shutil.rmtree(folder / "root/.roster")
    (folder / "outside").mkdir()
    (folder / "outside/theirs").write_text("theirs")
    return folder


@pytest.fixture
def made(first: Path, tmp_path: Path) -> Path:
    """A repository after its first run, beside a folder that is not its own."""
    shutil.copytree(first, tmp_path, dirs_exist_ok=True)
    return tmp_path / "root"


@pytest.mark.parametrize("folder", ["", "pm2", "clusters/prod/projects"])
def test_folder_is_a_symlink(made: Path, folder: str) -> None:
    path, outside = made / "generated" / folder, made.parent / "outside"
    shutil.rmtree(path)
    path.symlink_to(outside)
    assert "symlink" in roster(made, "generate", code=2)
    assert tree(outside) == {"theirs": b"theirs"}
    path.unlink()
    roster(made, "generate", code=0)
    assert_clean(made)


@pytest.mark.parametrize("name", [PM2, ".index.json"])
@pytest.mark.parametrize("link", ["symlink_to", "hardlink_to"])
def test_file_is_a_link(made: Path, link: str, name: str) -> None:
    victim, path = made.parent / "outside/theirs", made / "generated" / name
    path.unlink()
    getattr(path, link)(victim)
    roster(made, "generate", code=0)
    assert victim.read_text() == "theirs"
    assert_clean(made)


@pytest.mark.parametrize("kind", ["file", "fifo", "socket", "huge"])
def test_foreign_file_is_left_alone_and_named(made: Path, kind: str, monkeypatch) -> None:
    """Nothing waits for it, or takes all of it into memory."""
    monkeypatch.chdir(made / "generated/pm2")  # a socket's path must be short
    if kind == "fifo":
        os.mkfifo("odd")
    elif kind == "socket":
        socket.socket(socket.AF_UNIX).bind("odd")
    else:
        Path("odd").write_text("mine")
        os.truncate("odd", MEMORY + 1 if kind == "huge" else 4)
    before = os.lstat("odd")
    assert "not ours, left alone: pm2/odd" in roster(made, "generate", code=0)
    assert "not ours: pm2/odd" in roster(made, "generate", "--check", code=1)
    assert os.lstat("odd").st_mtime_ns == before.st_mtime_ns


@pytest.mark.parametrize("name", [b"\xff", b"a\nb", b"\x1b]0;x\x07"])
def test_foreign_name_is_shown_harmlessly(made: Path, name: bytes) -> None:
    """The name may be no text, or one that a terminal obeys."""
    Path(os.fsdecode(os.fsencode(made / "generated") + b"/" + name)).write_text("mine")
    for said in roster(made, "generate", code=0), roster(made, "generate", "--check", code=1):
        assert "not ours" in said
        assert "\nb" not in said
        assert said.replace("\n", "").isprintable()


@pytest.mark.parametrize("victim", ["pm2", PM2])
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


BROKEN = [None, b"", b"{", b"\xff", b"null", b"[]", b"[" * 100_000, b'{"files": [1, "a"]}']
BROKEN += [b'{"files": {"../../outside/theirs": {}}}', b'{"files": {"/": {}, "": {}}}']


@pytest.mark.parametrize("text", BROKEN, ids=lambda text: repr(text and text[:30]))
def test_broken_index(made: Path, text: bytes | None) -> None:
    index = made / "generated/.index.json"
    before = index.read_bytes()
    index.unlink() if text is None else index.write_bytes(text)
    roster(made, "generate", code=0)
    assert index.read_bytes() == before
    assert_clean(made)
    assert tree(made.parent / "outside") == {"theirs": b"theirs"}


def test_difference_has_a_name(made: Path) -> None:
    """`--check` never fails without saying of what."""
    (made / "generated/.index.json").unlink()
    assert ".index.json" in roster(made, "generate", "--check", code=1)


@pytest.mark.parametrize("text", [b"", b"[]", b"[" * 100_000, b"items"])
def test_corrupt_memory(made: Path, text: bytes) -> None:
    """`.roster/` only saves time: whatever stands in it, the run is right."""
    roster(made, "generate", code=0)
    (memory,) = (made / ".roster").iterdir()
    items = memory.read_bytes().replace(b'"diagnostics": []', b'"diagnostics": [[1,2,3,4,5,6]]')
    memory.write_bytes(items if text == b"items" else text)
    roster(made, "generate", code=0)
    assert_clean(made)


def test_folder_that_is_not_ours_is_refused(made: Path) -> None:
    out = made.parent / "outside"
    (out / PM2).parent.mkdir(parents=True)
    (out / PM2).write_text("theirs")
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
    before = {path: path.lstat().st_ctime_ns for path in made.rglob("*")}
    assert "missing: clusters/prod/projects" in roster(made, "generate", "--check", code=1)
    after = {path: path.lstat().st_ctime_ns for path in made.rglob("*")}
    assert after == before


def test_every_change_is_noticed(made: Path) -> None:
    """A run with nothing to do says so; none is mistaken for one."""
    prompt, output = made / "specs/prompts/prompt.md", made / "generated" / PM2
    roster(made, "generate", code=0)
    assert "nothing has changed" in roster(made, "generate", code=0)
    output.write_bytes(output.read_bytes() + b" ")
    assert "1 written" in roster(made, "generate", code=0)
    output.unlink()
    assert "1 written" in roster(made, "generate", code=0)
    prompt.write_text("You are very careful.\n")
    assert "nothing has changed" not in roster(made, "generate", code=0)
    assert "nothing has changed" in roster(made, "generate", code=0)
    assert "nothing has changed" not in roster(made, "generate", "--today", "2026-11-24", code=0)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write to read-only folders")
def test_read_only_output_folder(made: Path) -> None:
    (made / "generated").chmod(0o500)
    assert "permission" in roster(lay_out(made, TEAM, HELPER), "generate", code=2)


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


def counted(call: Any, left: list[int]) -> Any:
    def step(*args: Any, **options: Any) -> Any:
        return call(*args, **options) if left and left.pop() else os._exit(9)

    return step


def dies(changes: write.Changes, handle: int, steps: int) -> bool:
    """Whether a process that may make so many system calls dies before it has written all."""
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
    """Write what the blocks say; whether all of it was written."""
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
    """Wherever it dies, each file is whole; the next run makes all well, forwards or back."""
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
