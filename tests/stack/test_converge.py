"""What is decided before PM2 is called: what differs, and which programs are missing."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from stack.pm2.client import Process
from stack.pm2.converge import changes, missing_scripts

ROOT = Path("/checkout")


def app(name: str, digest: str = "d") -> dict[str, Any]:
    return {"name": name, "script": f"src/{name}.py", "env": {"ROSTER_DIGEST": digest}}


def process(name: str, digest: str = "d", **more: Any) -> Process:
    defaults: dict[str, Any] = {
        "pid": 1, "status": "online", "restarts": 0, "memory": 0, "errors": "",
        "stack": "demo", "root": str(ROOT), "port": "",
    }  # fmt: skip
    fields = {key: value for key, value in {**defaults, **more}.items() if key in _FIELDS}
    return Process(name=name, digest=digest, **fields)


_FIELDS = set(Process.__dataclass_fields__)


def test_only_what_differs_is_changed() -> None:
    running = [
        process("same"), process("old", "other"), process("down", status="errored"),
        process("removed"), process("foreign", root="/elsewhere"),
    ]  # fmt: skip
    wanted = [app("same"), app("old"), app("down"), app("new")]
    todo = changes(wanted, running, ROOT, ["demo"], ["demo"])
    assert todo.new == ("new",)
    assert todo.changed == ("down", "old")
    assert todo.unchanged == ("same",)
    assert todo.removed == ("removed",)
    assert [app["name"] for app in todo.start] == ["old", "down", "new"]


def test_other_stacks_stay_unless_they_are_no_longer_defined() -> None:
    running = [process("a", stack="other"), process("b", stack="gone")]
    assert changes([], running, ROOT, ["demo"], ["demo", "other"]).removed == ("b",)


def test_a_missing_program_is_reported(tmp_path: Path) -> None:
    (tmp_path / "src").mkdir()
    (tmp_path / "src/present.py").write_text("")
    apps = [app("present"), app("missing"), {**app("store"), "script": "redis-server"}]
    assert missing_scripts(apps, tmp_path) == ["missing runs src/missing.py, which does not exist"]
