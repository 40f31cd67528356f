"""`roster lock` and tools: what servers list is written down, and whatever changes is named.

Here a stand-in answers for the local stack; tests/local/test_tool_lock.py asks real servers.
"""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from compiler import tool_lock
from compiler.cli import listing
from compiler.cli.lock import command
from compiler.source import Source
from compiler.tool_lock import Listed
from tests.test_cli import roster
from tests.test_lock import MINIMAL

TOOLS: list[dict[str, Any]] = [
    {"name": "list_invoices", "annotations": {"readOnlyHint": True, "openWorldHint": False}},
    {"name": "create_refund", "annotations": {"destructiveHint": True}, "inputSchema": {"b": 1}},
]
PACKAGE = """  package:
    registry: npm
    name: stripe-mcp
    version: 1.4.0
    command: [npx, -y, stripe-mcp@1.4.0]
  transport:"""
STARTED = {"package": "p", "integrity": None, "command": [], "env": {}, "secrets": []}
FILE = "specs/mcp-servers/stripe.tools.json"


class Stack:
    """A fake of the local stack: it gives a fixed answer, and keeps the questions."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.python, self.answer, self.question = (
            folder / n for n in ("python", "answer", "asked")
        )
        self.python.write_text(
            f"#!{sys.executable}\nimport pathlib, sys\n"
            f"pathlib.Path({str(self.question)!r}).write_text(sys.stdin.read())\n"
            f"print(pathlib.Path({str(self.answer)!r}).read_text())\n"
        )
        self.python.chmod(0o755)
        monkeypatch.setattr(listing, "_PYTHON", self.python)
        self.lists(TOOLS)

    def says(self, text: str) -> None:
        self.answer.write_text(text)

    def lists(self, tools: object) -> None:
        self.says(json.dumps({"version": 1, "servers": {"stripe": {"tools": tools}}}))

    def fails(self, why: str) -> None:
        self.says(json.dumps({"version": 1, "servers": {"stripe": {"failed": why}}}))


@pytest.fixture
def stack(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Stack:
    return Stack(tmp_path, monkeypatch)


@pytest.fixture
def estate(tmp_path: Path) -> Path:
    """The minimal estate, whose server is a package too."""
    root = tmp_path / "estate"
    for name in ("specs", "projects", "policies"):
        shutil.copytree(MINIMAL / name, root / name)
    spec = root / "specs/mcp-servers/stripe.yaml"
    spec.write_text(spec.read_text().replace("  transport:", PACKAGE))
    return root


def lock(root: Path, *more: str, code: int = 0) -> Result:
    done = CliRunner().invoke(command, ["--root", str(root), *more])
    assert done.exit_code == code, done.output
    return done


def test_what_a_server_lists_is_written_beside_its_spec(estate: Path, stack: Stack) -> None:
    assert "1 server locked: 1 changed" in lock(estate, "stripe").stderr
    (asked,) = json.loads(stack.question.read_text())["servers"]
    assert asked == {
        "server": "stripe",
        "command": ["npx", "-y", "stripe-mcp@1.4.0"],
        "env": {},
        "secrets": ["STRIPE_SECRET_KEY"],
    }
    written = json.loads((estate / FILE).read_text())
    assert written["package"] == "npm:stripe-mcp@1.4.0"
    assert [tool["name"] for tool in written["tools"]] == ["create_refund", "list_invoices"]


def test_a_second_run_writes_nothing(estate: Path, stack: Stack) -> None:
    lock(estate, "stripe")
    before = (estate / FILE).stat().st_mtime_ns
    stack.lists([dict(reversed(list(tool.items()))) for tool in reversed(TOOLS)])
    again = lock(estate, "stripe")
    assert (again.stdout, again.stderr) == ("", "1 server locked\n")
    assert (estate / FILE).stat().st_mtime_ns == before
    lock(estate, "--check", "stripe")


CHANGES: dict[str, tuple[list[dict[str, Any]], str]] = {
    "description": (
        [TOOLS[0] | {"description": "and mail them"}, TOOLS[1]],
        "changed: description",
    ),
    "hint": ([TOOLS[0] | {"annotations": {}}, TOOLS[1]], "changed: annotations"),
    "parameter": ([TOOLS[0], TOOLS[1] | {"inputSchema": {"b": True}}], "changed: inputSchema"),
    "gone": ([TOOLS[0]], "gone"),
    "new": ([*TOOLS, {"name": "another"}], "new"),
}


@pytest.mark.parametrize("name", CHANGES)
def test_check_names_what_changed_and_writes_nothing(name: str, estate: Path, stack: Stack) -> None:
    tools, word = CHANGES[name]
    lock(estate, "stripe")
    before = (estate / FILE).read_text()
    stack.lists(tools)
    result = lock(estate, "--check", "stripe", code=1)
    assert [line.split(maxsplit=2)[2] for line in result.stdout.splitlines()[1:]] == [word]
    assert "1 server, and 1 differ from the lock; run `roster lock`" in result.stderr
    assert (estate / FILE).read_text() == before
    lock(estate, "stripe")
    lock(estate, "--check", "stripe")


def test_without_a_lock_check_fails(estate: Path, stack: Stack) -> None:
    result = lock(estate, "--check", "stripe", code=1)
    assert "npm:stripe-mcp@1.4.0 lists 2" in result.stdout
    assert not (estate / FILE).exists()


def test_a_broken_lock_is_written_again(estate: Path, stack: Stack) -> None:
    (estate / FILE).write_text("{")
    lock(estate, "--check", "stripe", code=1)
    lock(estate, "stripe")
    assert tool_lock.read(Source(FILE, (estate / FILE).read_text()))[1] == ()


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        ({"failed": "STRIPE_SECRET_KEY is not set"}, "STRIPE_SECRET_KEY is not set"),
        ({"failed": "\x1b]0;owned\x07"}, "owned"),
        ({"tools": 5}, "its tools are no list"),
        ({"tools": [{"name": 5}]}, "a tool has no name"),
        ({"tools": [{"name": "pay all/now"}]}, "a tool has no name that a spec can have"),
        ({"tools": [{"name": "a", "annotations": {"readOnlyHint": 1}}]}, "a hint of the tool `a`"),
        ({"tools": [{"name": "a", "annotations": 5}]}, "a hint of the tool `a`"),
        ({"tools": [{"name": "a", "x": float("nan")}]}, "Out of range float values"),
        ({"tools": [{"name": "a", "x": "\ud800"}]}, "cannot be kept"),
        ({"tools": [{"name": "a", "x": "postgres://me:hunter22@db/x"}]}, "a password in a URL"),
        ({"tools": [{"name": "a"}, {"name": "a"}]}, "the tool `a` is there twice"),
    ],
)  # fmt: skip
def test_who_cannot_be_asked_is_named_and_nothing_is_written(
    answer: dict[str, Any], why: str, estate: Path, stack: Stack
) -> None:
    stack.says(json.dumps({"version": 1, "servers": {"stripe": answer}}))
    result = lock(estate, "stripe", code=1).stderr
    assert result.startswith("roster: stripe: ") and why in result
    assert "1 of 1 do not resolve: nothing is written" in result
    assert result.replace("\n", "").isprintable()
    assert not (estate / FILE).exists()


@pytest.mark.parametrize("text", ["", "nonsense", "[]", '{"servers": 5}', "{}", '{"servers": {}}'])
def test_a_stack_that_does_not_answer(text: str, estate: Path, stack: Stack) -> None:
    stack.says(text)
    assert "the local stack does not answer" in lock(estate, "stripe", code=2).stderr


def test_without_the_stack_it_says_how_to_get_it(estate: Path, stack: Stack) -> None:
    stack.python.unlink()
    assert "make .venv/stack/.ready" in lock(estate, "stripe", code=2).stderr


def test_a_name_means_that_server_and_a_prefix_those_that_start_so(
    estate: Path, stack: Stack
) -> None:
    assert "starts like `paypal`" in lock(estate, "paypal", code=2).stderr
    assert "starts like `paypal`" in lock(estate, "--check", "stripe", "paypal", code=2).stderr
    assert not stack.question.exists()
    spec = estate / "specs/mcp-servers/stripe.yaml"
    (spec.parent / "stripe-more.yaml").write_text(
        spec.read_text().replace("{name: stripe,", "{name: stripe-more,")
    )
    both = {"stripe": {"tools": TOOLS}, "stripe-more": {"tools": TOOLS}}
    stack.says(json.dumps({"version": 1, "servers": both}))
    assert "1 server locked" in lock(estate, "stripe").stderr
    assert "2 servers locked" in lock(estate, "str").stderr


def test_no_character_hides_in_a_lock() -> None:
    hidden = {"name": "a", "description": "list\u202e files \U000e0041\u200b"}
    text = tool_lock.dump(Listed(STARTED, {"a": hidden}))
    assert text.isascii() and "\\u202e" in text and "\\udb40\\udc41" in text
    assert "\\u200b" in text
    again, wrong = tool_lock.read(Source(FILE, text))
    assert again is not None and not wrong and again.tools == {"a": hidden}


def test_true_and_one_are_different() -> None:
    started = STARTED
    now = Listed(started, {"a": {"name": "a", "x": True}})
    for other in (1, None, "true"):
        before = Listed(started, {"a": {"name": "a", "x": other}})
        assert list(tool_lock.differences(before, now)) == [("a", "changed: x")]
    assert list(tool_lock.differences(Listed(started, {"a": {"name": "a"}}), now)) != []
    assert list(tool_lock.differences(now, now)) == []


@pytest.mark.parametrize("format", ["text", "short", "json", "sarif", "github"])
def test_half_a_character_in_a_lock_is_reported(estate: Path, format: str) -> None:
    lock = {"version": 1, **STARTED, "tools": [{"name": "a", "description": "\ud800"}]}
    (estate / FILE).write_text(json.dumps(lock))
    done = roster("check", "--root", str(estate), "--format", format)
    assert done.returncode == 1 and "tool-lock-invalid" in done.stdout + done.stderr


def test_a_lock_with_a_secret_is_reported_without_it(estate: Path) -> None:
    token = "ghp_" + "A" * 36
    tools = [{"name": token}, {"name": token}]
    (estate / FILE).write_text(json.dumps({"version": 1, **STARTED, "tools": tools}, indent=1))
    done = roster("check", "--root", str(estate), "--format", "short")
    assert done.stderr.count("error[secret-literal]") == 2 and "tool-lock" not in done.stderr
    assert token not in done.stderr


def test_nothing_is_written_where_one_file_cannot_be(estate: Path, stack: Stack) -> None:
    (estate / FILE).mkdir()
    result = lock(estate, "stripe", code=2)
    assert "is a folder: nothing is written" in result.stderr and "locked" not in result.stderr
