"""What is decided before PM2 is asked: what differs, and which programs are not there."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from stack.pm2.client import Process
from stack.pm2.converge import absent, changes

ROOT = Path("/checkout")


def app(name: str, digest: str = "d") -> dict[str, Any]:
    return {"name": name, "script": f"src/{name}.py", "env": {"ROSTER_DIGEST": digest}}


def process(name: str, digest: str = "d", **more: Any) -> Process:
    known: dict[str, Any] = {
        "pid": 1, "status": "online", "restarts": 0, "memory": 0, "errors": "",
        "stack": "demo", "root": str(ROOT), "port": "",
    }  # fmt: skip
    fields = {key: value for key, value in {**known, **more}.items() if key in _FIELDS}
    return Process(name=name, digest=digest, **fields)


_FIELDS = set(Process.__dataclass_fields__)


def test_only_what_differs_is_touched() -> None:
    running = [
        process("same"), process("old", "other"), process("down", status="errored"),
        process("left"), process("theirs", root="/elsewhere"),
    ]  # fmt: skip
    wanted = [app("same"), app("old"), app("down"), app("new")]
    found = changes(wanted, running, ROOT, ["demo"], ["demo"])
    assert found.new == ("new",)
    assert found.changed == ("down", "old")
    assert found.unchanged == ("same",)
    assert found.gone == ("left",)
    assert [one["name"] for one in found.start] == ["old", "down", "new"]


def test_other_stacks_are_left_alone_unless_nothing_describes_them() -> None:
    running = [process("a", stack="other"), process("b", stack="gone")]
    assert changes([], running, ROOT, ["demo"], ["demo", "other"]).gone == ("b",)


def test_a_program_that_is_not_there_is_told(tmp_path: Path) -> None:
    (tmp_path / "src").mkdir()
    (tmp_path / "src/here.py").write_text("")
    apps = [app("here"), app("away"), {**app("store"), "script": "redis-server"}]
    assert absent(apps, tmp_path) == ["there is no src/away.py, which away runs"]
