"""The bridge and its server's program: environment, secrets, state, and faults."""

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

from stack.environment import passed_on
from stack.services.bridge.child import Child
from stack.services.bridge.config import environment, load, redactor
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
    environment_of,
    odd,
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
    with odd(tmp_path) as running:
        assert running.ready()[0] == 200
        result = asked(running, "show", a=None, b={"c": [None, 1.5]})
    answer = result.structured_content
    assert answer["environment"]["DSN"] == SECRET
    assert answer["environment"]["PLAIN"] == "1"
    assert answer["environment"]["TERM"] == "dumb"
    shells = {"PWD", "OLDPWD", "SHLVL", "_", "LC_CTYPE"}
    expected = {"BROKEN", "DSN", "PLAIN", "TERM"} | passed_on(environment_of(tmp_path)).keys()
    assert answer["environment"].keys() - shells == expected
    assert answer["arguments"] == {"a": None, "b": {"c": [None, 1.5]}}
    assert answer["meta"] == {"trace": "t"} | {"progressToken": answer["meta"].get("progressToken")}
    assert result.meta["a"] == 1


def test_its_stderr_is_logged_without_secrets(tmp_path: Path) -> None:
    with odd(tmp_path) as running:
        running.ready()
        assert asked(running, "loud").is_error
        until(lambda: "tested: header" in running.errors())
        assert "tested: connected to *** with ***\n" in running.errors()
        header = running.errors().partition("tested: header ")[2]
        assert re.fullmatch(r"\S{1,8}\*\*\*\S{0,4} address \*\*\*\n", header)
        assert SECRET not in running.errors() + json.dumps(running.log())


@pytest.mark.parametrize("before", range(7))
def test_secrets_are_found_as_base64_and_in_addresses(tmp_path: Path, before: int) -> None:
    secret, other = "k\u00e9y/with+signs?", "seven77"
    config = load(
        write(tmp_path, command=ODD, tools=ODD_TOOLS, port=1, secrets=["KEY", "SHORT"])
    )  # fmt: skip
    redact = redactor(config, {"KEY": secret, "SHORT": other})
    raw = f"{'x' * before}{secret}".encode()
    for encode in (b64encode, urlsafe_b64encode):
        for after in (b"", b"y", b"yy", b"yyy"):
            whole = encode(raw + after).decode()
            rest = redact(whole).replace("***", "", 1)
            assert len(whole) - len(rest) >= len(secret.encode()) * 8 // 6 - 1
    for quoted in (quote(secret, safe=""), quote(secret), quote_plus(secret)):
        assert redact(f"?key={quoted}&a=b") == "?key=***&a=b"
        assert redact(f"?key={quoted.replace('%C3%A9', '%c3%a9')}").count("***") == 1
    assert redact(other) == "***"
    assert redact(b64encode(other.encode()).decode()) == b64encode(other.encode()).decode()


def test_an_agent_does_not_see_what_another_has_stored(tmp_path: Path) -> None:
    tools = ["create_entities", "read_graph"]
    grants = {"demo.scribe": tools, "demo.clerk": tools}
    entity = {"name": "plan", "entityType": "plan", "observations": ["x"]}
    env = {"MEMORY_FILE_PATH": str(tmp_path / "{identity}.jsonl")}
    with bridge(tmp_path, MEMORY, grants, sessions="sticky", env=env) as running:
        assert running.ready()[0] == 200
        asked(running, "create_entities", entities=[entity])
        assert asked(running, "read_graph", "demo.clerk").structured_content["entities"] == []
        assert asked(running, "read_graph").structured_content["entities"] == [entity]
    assert [path.name for path in tmp_path.glob("*.jsonl")] == ["demo.scribe.jsonl"]


@pytest.mark.parametrize(
    ("command", "tools", "reason"),
    [
        ([*ODD], ["show", "no-tool"], "it does not list granted tools: no-tool"),
        (["sh", "-c", "echo no $DSN >&2; exit 4"], ["show"], "no ***; exited with 4"),
        ([sys.executable, "-c", "print('hello')"], ["show"], "exited with 0"),
        ([sys.executable, "-c", EMPTY], ["show"], "its answer does not follow the protocol"),
        ([sys.executable, "-c", TELLTALE], ["show"], "cannot reach ***"),
    ],
)
def test_it_reports_why_the_server_is_not_ready(
    tmp_path: Path, command: list[str], tools: list[str], reason: str
) -> None:
    with bridge(tmp_path, command, {"demo.scribe": tools}, secrets=["DSN"]) as running:
        status, answer = running.ready()
        assert (status, answer["status"]) == (503, "failed")
        assert reason in answer["reason"]
        assert "Traceback" not in running.errors()


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"command": ["no-such-program"]}, "the program no-such-program is not on the PATH"),
        ({"secrets": ["NOT_SET"]}, "the environment variable NOT_SET is not set"),
        ({"sessions": "some"}, "sessions: Input should be 'none', 'sticky' or 'shared'"),
        ({"more": 1}, "more: Extra inputs are not permitted"),
        ({"port": "1"}, "port: Input should be a valid integer"),
    ],
)
def test_an_invalid_configuration_is_reported_in_one_line(
    tmp_path: Path, change: dict[str, Any], reason: str
) -> None:
    path = write(tmp_path, **{"command": ODD, "tools": ODD_TOOLS, "port": 1, **change})
    done = subprocess.run(
        [sys.executable, "stack/bridge.py", str(path)],
        cwd=ROOT, env=environment_of(tmp_path), capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert reason in done.stderr


def test_an_idle_child_is_stopped_and_its_state_is_lost(tmp_path: Path) -> None:
    variables = environment_of(tmp_path)
    config = load(
        write(tmp_path, command=ODD, tools=ODD_TOOLS, port=1, secrets=["DSN"], sessions="sticky")
    )
    children: list[Child] = []

    def make(identity: str) -> Child:
        children.append(Child(config, environment(config, variables), redactor(config, variables)))
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


def test_a_cancelled_call_is_cancelled_at_the_server(tmp_path: Path) -> None:
    async def ask(running: Bridge, mode: str) -> None:
        async with running.client(mode=mode) as client:
            with anyio.move_on_after(0.5):
                await client.call_tool("listen", {})
            await anyio.sleep(0.5)

    with odd(tmp_path) as running:
        running.ready()
        for mode in ("auto", "legacy"):
            asyncio.run(ask(running, mode))
        until(lambda: running.errors().count("cancelled: caller cancelled") == 2)
        # Older clients may call again in the same session after a cancelled call.
        assert not asked(running, "show").is_error
