"""The bridge and the program behind it: its environment, its secrets, its state, its faults."""

from __future__ import annotations

import asyncio
import json
import re
import subprocess
import sys
from base64 import b64encode, urlsafe_b64encode
from pathlib import Path
from typing import Any
from urllib.parse import quote, quote_plus

import anyio
import pytest

from stack.environment import kept
from stack.services.bridge.child import Child
from stack.services.bridge.config import blotter, environment, load
from stack.services.bridge.pool import Pool
from tests.local.bridges import (
    MEMORY,
    ODD,
    ODD_TOOLS,
    ROOT,
    SECRET,
    Bridge,
    asked,
    bridge,
    odd,
    surroundings,
    until,
    write,
)

EMPTY = """
import json, sys
for line in sys.stdin:
    print(json.dumps({"jsonrpc": "2.0", "id": json.loads(line).get("id"), "result": {}}))
    sys.stdout.flush()
"""
TELLTALE = """
import json, os, sys
for line in sys.stdin:
    error = {"code": -32000, "message": "cannot reach " + os.environ["DSN"]}
    print(json.dumps({"jsonrpc": "2.0", "id": json.loads(line).get("id"), "error": error}))
    sys.stdout.flush()
"""


def test_the_program_gets_its_own_environment_and_the_call_as_it_is(tmp_path: Path) -> None:
    with odd(tmp_path) as one:
        assert one.ready()[0] == 200
        result = asked(one, "show", a=None, b={"c": [None, 1.5]})
    told = result.structured_content
    assert told["environment"]["DSN"] == SECRET
    assert told["environment"]["PLAIN"] == "1"
    assert told["environment"]["TERM"] == "dumb"
    shells = {"PWD", "OLDPWD", "SHLVL", "_", "LC_CTYPE"}
    given = {"BROKEN", "DSN", "PLAIN", "TERM"} | kept(surroundings(tmp_path)).keys()
    assert told["environment"].keys() - shells == given
    assert told["arguments"] == {"a": None, "b": {"c": [None, 1.5]}}
    assert told["meta"] == {"trace": "t"} | {"progressToken": told["meta"].get("progressToken")}
    assert result.meta["a"] == 1


def test_what_it_says_is_heard_without_secrets(tmp_path: Path) -> None:
    with odd(tmp_path) as one:
        one.ready()
        assert asked(one, "loud").is_error
        until(lambda: "tested: header" in one.errors())
        assert "tested: connected to *** with ***\n" in one.errors()
        header = one.errors().partition("tested: header ")[2]
        assert re.fullmatch(r"\S{1,8}\*\*\*\S{0,4} address \*\*\*\n", header)
        assert SECRET not in one.errors() + json.dumps(one.log())


@pytest.mark.parametrize("before", range(7))
def test_secrets_are_found_as_base64_and_in_addresses(tmp_path: Path, before: int) -> None:
    secret, other = "k\u00e9y/with+signs?", "seven77"
    config = load(
        write(tmp_path, command=ODD, tools=ODD_TOOLS, port=1, secrets=["KEY", "SHORT"])
    )  # fmt: skip
    blot = blotter(config, {"KEY": secret, "SHORT": other})
    raw = f"{'x' * before}{secret}".encode()
    for encode in (b64encode, urlsafe_b64encode):
        for after in (b"", b"y", b"yy", b"yyy"):
            whole = encode(raw + after).decode()
            left = blot(whole).replace("***", "", 1)
            assert len(whole) - len(left) >= len(secret.encode()) * 8 // 6 - 1
    for quoted in (quote(secret, safe=""), quote(secret), quote_plus(secret)):
        assert blot(f"?key={quoted}&a=b") == "?key=***&a=b"
        assert blot(f"?key={quoted.replace('%C3%A9', '%c3%a9')}").count("***") == 1
    assert blot(other) == "***"
    assert blot(b64encode(other.encode()).decode()) == b64encode(other.encode()).decode()


def test_an_agent_does_not_see_what_another_has_stored(tmp_path: Path) -> None:
    tools = ["create_entities", "read_graph"]
    grants = {"demo.scribe": tools, "demo.clerk": tools}
    entity = {"name": "plan", "entityType": "plan", "observations": ["x"]}
    env = {"MEMORY_FILE_PATH": str(tmp_path / "{identity}.jsonl")}
    with bridge(tmp_path, MEMORY, grants, sessions="sticky", env=env) as one:
        assert one.ready()[0] == 200
        asked(one, "create_entities", entities=[entity])
        assert asked(one, "read_graph", "demo.clerk").structured_content["entities"] == []
        assert asked(one, "read_graph").structured_content["entities"] == [entity]
    assert [path.name for path in tmp_path.glob("*.jsonl")] == ["demo.scribe.jsonl"]


@pytest.mark.parametrize(
    ("command", "tools", "reason"),
    [
        ([*ODD], ["show", "no-tool"], "it does not list what is granted: no-tool"),
        (["sh", "-c", "echo no $DSN >&2; exit 4"], ["show"], "no ***; exited with 4"),
        ([sys.executable, "-c", "print('hello')"], ["show"], "exited with 0"),
        ([sys.executable, "-c", EMPTY], ["show"], "its answer is not what the protocol asks for"),
        ([sys.executable, "-c", TELLTALE], ["show"], "cannot reach ***"),
    ],
)
def test_it_says_why_the_server_is_not_ready(
    tmp_path: Path, command: list[str], tools: list[str], reason: str
) -> None:
    with bridge(tmp_path, command, {"demo.scribe": tools}, secrets=["DSN"]) as one:
        status, told = one.ready()
        assert (status, told["status"]) == (503, "failed")
        assert reason in told["reason"]
        assert "Traceback" not in one.errors()


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"command": ["no-such-program"]}, "the program no-such-program is not on the PATH"),
        ({"secrets": ["NOT_SET"]}, "the environment variable NOT_SET is not set"),
        ({"sessions": "some"}, "sessions: Input should be 'none', 'sticky' or 'shared'"),
        ({"more": 1}, "more: Extra inputs are not permitted"),
        ({"port": "1"}, "port: Input should be a valid integer"),
    ],
)
def test_what_cannot_run_is_told_in_one_line(
    tmp_path: Path, change: dict[str, Any], told: str
) -> None:
    path = write(tmp_path, **{"command": ODD, "tools": ODD_TOOLS, "port": 1, **change})
    done = subprocess.run(
        [sys.executable, "stack/bridge.py", str(path)],
        cwd=ROOT, env=surroundings(tmp_path), capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert told in done.stderr


def test_an_idle_child_ends_with_its_state(tmp_path: Path) -> None:
    variables = surroundings(tmp_path)
    config = load(
        write(tmp_path, command=ODD, tools=ODD_TOOLS, port=1, secrets=["DSN"], sessions="sticky")
    )
    children: list[Child] = []

    def make(identity: str) -> Child:
        children.append(Child(config, environment(config, variables), blotter(config, variables)))
        return children[-1]

    async def ask() -> None:
        pool = Pool(config, make, idle=1)
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(pool.run)
            await anyio.sleep(0)
            first = await pool.child("demo.scribe")
            assert await pool.child("demo.clerk") is not first
            assert await pool.child("demo.scribe") is first
            await anyio.sleep(3)
            assert all(child.ended.is_set() for child in children)
            assert await pool.child("demo.scribe") is not first
            tasks.cancel_scope.cancel()

    asyncio.run(ask())


def test_a_call_that_is_given_up_is_given_up_by_the_server_too(tmp_path: Path) -> None:
    async def ask(one: Bridge, mode: str) -> None:
        async with one.client(mode=mode) as client:
            with anyio.move_on_after(0.5):
                await client.call_tool("listen", {})
            await anyio.sleep(0.5)

    with odd(tmp_path) as one:
        one.ready()
        for mode in ("auto", "legacy"):
            asyncio.run(ask(one, mode))
        until(lambda: one.errors().count("cancelled: caller cancelled") == 2)
        # Older clients may call again in the same session; what was given up hurts nobody.
        assert not asked(one, "show").is_error
