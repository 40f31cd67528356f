"""The bridge and the program behind it: its environment, its state, its faults and its end."""

from __future__ import annotations

import asyncio
import json
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import anyio
import psutil
import pytest
from mcp.types import CallToolResult

from stack.bridge_child import Child
from stack.bridge_config import blotter, environment, load
from stack.bridge_pool import Pool
from stack.surroundings import kept
from tests.local.bridges import ROOT, SECRET, Bridge, bridge, lives, surroundings, until, write

MEMORY = ["npx", "-y", "@modelcontextprotocol/server-memory@2026.8.31"]
# A server with two pages of tools, all of which do what a program behind a bridge should not.
SERVER = """
import json, os, signal, subprocess, sys, time
SCHEMA = {"type": "object"}
PAGES = {None: ["show", "die"], "2": ["sleep", "loud", "twisted", "listen"]}

def answer(method, params):
    if method == "initialize":
        return {"protocolVersion": params["protocolVersion"], "capabilities": {"tools": {}},
                "serverInfo": {"name": "odd", "version": "1"}}
    if method == "tools/list":
        names = PAGES[params.get("cursor")]
        page = {"tools": [{"name": name, "inputSchema": SCHEMA} for name in names]}
        return page if "cursor" in params else {**page, "nextCursor": "2"}
    name, given = params["name"], params.get("arguments")
    if name == "die":
        print("no more for", os.environ["DSN"], file=sys.stderr)
        sys.exit(3)
    if name == "sleep":
        time.sleep(3)
    if name == "loud":
        print("connected to", os.environ["DSN"], "with pass word", file=sys.stderr, flush=True)
    if name == "twisted":
        return {"content": 5}
    told = {"environment": dict(os.environ), "arguments": given, "pid": os.getpid(),
            "meta": params.get("_meta")}
    return {"content": [{"type": "text", "text": json.dumps(told)}], "isError": name == "loud",
            "structuredContent": told, "_meta": {"a": 1}}

if "stubborn" in sys.argv:
    for one in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(one, signal.SIG_IGN)
    subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
for line in sys.stdin:
    asked = json.loads(line)
    if asked["method"] == "notifications/cancelled":
        print("cancelled:", asked["params"]["reason"], file=sys.stderr, flush=True)
    if "id" not in asked or asked.get("params", {}).get("name") == "listen":
        continue
    try:
        said = {"result": answer(asked["method"], asked.get("params") or {})}
    except KeyError as error:
        said = {"error": {"code": -32000, "message": f"no {error}"}}
    print(json.dumps({"jsonrpc": "2.0", "id": asked["id"], **said}), flush=True)
if "stubborn" in sys.argv:
    time.sleep(600)
"""
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
ODD = [sys.executable, "-c", SERVER]
ALL = {
    "demo.scribe": ["show", "die", "sleep", "loud", "twisted", "listen"],
    "demo.clerk": ["show", "sleep"],
}


def odd(folder: Path, *arguments: str, **more: Any) -> Any:
    return bridge(
        folder, [*ODD, *arguments], ALL, secrets=["DSN"], env={"PLAIN": "1", "TERM": "dumb"}, **more
    )


def asked(one: Bridge, tool: str, agent: str = "demo.scribe", **arguments: Any) -> CallToolResult:
    async def ask() -> CallToolResult:
        async with one.client(agent) as client:
            return await client.call_tool(tool, arguments, meta={"trace": "t"})

    return asyncio.run(ask())


def test_the_program_gets_its_own_environment_and_the_call_as_it_is(tmp_path: Path) -> None:
    with odd(tmp_path) as one:
        assert one.ready()[0] == 200
        result = asked(one, "show", a=None, b={"c": [None, 1.5]})
    told = result.structured_content
    assert told["environment"]["DSN"] == SECRET
    assert told["environment"]["PLAIN"] == "1"
    assert told["environment"]["TERM"] == "dumb"
    shells = {"PWD", "OLDPWD", "SHLVL", "_", "LC_CTYPE"}
    given = {"DSN", "PLAIN", "TERM"} | kept(surroundings(tmp_path)).keys()
    assert told["environment"].keys() - shells == given
    assert told["arguments"] == {"a": None, "b": {"c": [None, 1.5]}}
    assert told["meta"] == {"trace": "t"} | {"progressToken": told["meta"].get("progressToken")}
    assert result.meta["a"] == 1


def test_what_it_says_is_heard_without_secrets(tmp_path: Path) -> None:
    with odd(tmp_path) as one:
        one.ready()
        assert asked(one, "loud").is_error
        until(lambda: "tested: connected to *** with ***" in one.errors())
        assert SECRET not in one.errors() + json.dumps(one.log())


def test_a_program_that_ends_breaks_one_call_and_comes_back(tmp_path: Path) -> None:
    with odd(tmp_path, sessions="sticky") as one:
        one.ready()
        clerk = asked(one, "show", "demo.clerk").structured_content["pid"]
        scribe = asked(one, "show").structured_content["pid"]
        broken = asked(one, "die")
        assert broken.is_error
        assert "no more for ***; exited with 3" in broken.content[0].text
        assert asked(one, "show", "demo.clerk").structured_content["pid"] == clerk
        assert "not available" in asked(one, "show").content[0].text
        time.sleep(0.6)
        assert asked(one, "show").structured_content["pid"] not in (clerk, scribe)
        assert asked(one, "twisted").is_error


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


def test_calls_of_others_are_not_hurt(tmp_path: Path) -> None:
    async def ask(one: Bridge) -> tuple[Any, ...]:
        async with one.client("demo.clerk") as clerk, one.client("demo.scribe") as scribe:
            return await asyncio.gather(clerk.call_tool("sleep", {}), scribe.call_tool("die", {}))

    with odd(tmp_path, sessions="sticky") as one:
        assert one.ready()[0] == 200
        slept, died = asyncio.run(ask(one))
    assert not slept.is_error
    assert died.is_error


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT, signal.SIGKILL])
@pytest.mark.parametrize("arguments", [[], ["stubborn"]])
def test_nothing_outlives_the_bridge(
    tmp_path: Path, how: signal.Signals, arguments: list[str]
) -> None:
    with odd(tmp_path, *arguments) as one:
        assert one.ready()[0] == 200
        family = one.family()
        assert len(family) >= 3 + len(arguments)
        one.process.send_signal(how)
        one.process.wait(10)
        until(lambda: not any(map(lives, family)))


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_nothing_outlives_signals_to_all_of_them_at_once(
    tmp_path: Path, how: signal.Signals
) -> None:
    with odd(tmp_path, "stubborn") as one:
        assert one.ready()[0] == 200
        family = one.family()
        for each in [*family, psutil.Process(one.process.pid)]:
            each.send_signal(how)
        one.process.wait(10)
        until(lambda: not any(map(lives, family)))


def test_a_lost_shell_takes_its_program_along(tmp_path: Path) -> None:
    with odd(tmp_path, "stubborn") as one:
        assert one.ready()[0] == 200
        family = one.family()
        psutil.Process(one.process.pid).children()[0].kill()
        until(lambda: not any(map(lives, family)))
        assert "it has ended" in asked(one, "show").content[0].text
        time.sleep(0.6)
        assert not asked(one, "show").is_error


def test_npx_leaves_nothing_behind_when_it_is_killed(tmp_path: Path) -> None:
    with bridge(tmp_path, MEMORY, {"demo.scribe": ["read_graph"]}) as one:
        assert one.ready()[0] == 200
        family = one.family()
        next(each for each in family if each.name().startswith("npm")).kill()
        until(lambda: not any(map(lives, family)))
        time.sleep(0.6)
        assert not asked(one, "read_graph").is_error


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
    path = write(tmp_path, **{"command": ODD, "tools": ALL, "port": 1, **change})
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
        write(tmp_path, command=ODD, tools=ALL, port=1, secrets=["DSN"], sessions="sticky")
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
