"""`make up` with a real PM2: a project's agents and servers, judged by MCP's own clients."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import time
import urllib.request
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from fastmcp import Client as FastMCP
from mcp import Client
from mcp.shared.exceptions import MCPError

from tests.local import calls
from tests.local.calls import state, text
from tests.local.clients import names, visit
from tests.local.laptop import Laptop, laptop
from tests.local.model_standin import StandIn, model

SECRETS = {"ANTHROPIC_API_KEY": "not-a-key"}
TEAM = ("scribe", "clerk", "lead")
CALLS: dict[str, tuple[str, dict[str, Any], str]] = {
    "filesystem": ("list_directory", {"path": "."}, "[DIR] agents"),
    "git": ("git_log", {"repo_path": ".", "max_count": 1}, "The specs"),
    "memory": ("read_graph", {}, "entities"),
    "time": ("get_current_time", {"timezone": "UTC"}, "UTC"),
    "everything": ("get-sum", {"a": 2, "b": 3}, "5"),
    "sequential-thinking": (
        "sequentialthinking",
        {"thought": "x", "thoughtNumber": 1, "totalThoughts": 1, "nextThoughtNeeded": False},
        "thoughtNumber",
    ),
}


@pytest.fixture(scope="module")
def stand_in() -> Iterator[StandIn]:
    """The stand-in for the language model."""
    with model() as running:
        yield running


@pytest.fixture(scope="module")
def demo(stand_in: StandIn) -> Iterator[Laptop]:
    """The demonstration's whole stack, up; its agents ask the stand-in."""
    with laptop(**SECRETS) as running:
        ecosystem = running.root / "generated/pm2/demo/ecosystem.config.cjs"
        text = ecosystem.read_text(encoding="utf-8")
        changed = text.replace('"ACCESS":', f'"MODEL_URL": "{stand_in.url}", "ACCESS":')
        ecosystem.write_text(changed, encoding="utf-8")
        done = running.stack("up", "demo")
        assert done.returncode == 0, done.stdout + done.stderr
        yield running


def granted(demo: Laptop, agent: str) -> dict[str, set[str]]:
    """The grants by the registry, which the compiler writes independently of the bridges' files."""
    registry = demo.generated("registry/registry.json")
    (entry,) = [entry for entry in registry["agents"] if entry["id"] == f"demo.{agent}"]
    return {server: set(tools) for server, tools in entry["metadata"]["tools"].items()}


def test_every_process_of_platform_and_project_is_up(demo: Laptop) -> None:
    listed = json.loads(demo.stack("status", "--format", "json").stdout)
    assert demo.stack("status").returncode == 0
    running = set(demo.processes())
    platform = {"agent-registry", "orchestrator-agent", "workflow-engine", "context-api"}
    assert platform <= running
    assert {f"demo.{agent}" for agent in TEAM} <= running
    assert {f"demo.mcp.{server}" for server in CALLS} <= running
    assert listed


@pytest.mark.parametrize("agent", TEAM)
def test_a_client_sees_and_calls_exactly_its_granted_tools(demo: Laptop, agent: str) -> None:
    servers = demo.client("demo", agent)["mcpServers"]
    assert set(servers) == set(granted(demo, agent))
    for server, tools in granted(demo, agent).items():
        assert asyncio.run(visit(servers[server], names)) == tools
        tool, arguments, expected = CALLS[server]
        if tool in tools:
            called = asyncio.run(
                visit(servers[server], lambda c, t=tool, a=arguments: c.call_tool(t, a))
            )
            assert not called.is_error, called
            assert expected in json.dumps(called.model_dump(mode="json"))


def test_six_servers_are_reached() -> None:
    assert len(CALLS) == 6


def test_a_tool_without_a_grant_is_refused(demo: Laptop) -> None:
    servers = demo.client("demo", "scribe")["mcpServers"]
    for server, tool, arguments in (
        ("filesystem", "move_file", {"source": "specs/a", "destination": "specs/b"}),
        ("git", "git_commit", {"repo_path": ".", "message": "x"}),
        ("memory", "delete_entities", {"entityNames": []}),
    ):
        with pytest.raises((MCPError, ExceptionGroup)):
            asyncio.run(visit(servers[server], lambda c, t=tool, a=arguments: c.call_tool(t, a)))


def test_a_server_refuses_agents_without_a_grant(demo: Laptop) -> None:
    """The clerk has no grant on the server of files."""
    entry = demo.client("demo", "scribe")["mcpServers"]["filesystem"]
    for token, status in ((demo.token("demo.clerk"), 403), ("0" * 64, 401)):
        answer = httpx.post(
            entry["url"],
            headers={"Authorization": f"Bearer {token}", "Accept": "application/json"},
            json={"jsonrpc": "2.0", "id": 1, "method": "tools/list"},
        )
        assert answer.status_code == status


@pytest.mark.parametrize("agent", TEAM)
def test_fastmcp_loads_the_same_file(demo: Laptop, agent: str) -> None:
    config = demo.client("demo", agent)

    async def tools() -> set[str]:
        async with FastMCP(config) as client:
            return {tool.name for tool in await client.list_tools()}

    names = asyncio.run(tools())
    assert len(names) == sum(map(len, granted(demo, agent).values()))


def test_the_registry_answers_the_plans_discovery_calls(demo: Laptop) -> None:
    async def ask(client: Client) -> Any:
        return await client.call_tool("discover", {"capabilities": ["arithmetic"]})

    address = "http://127.0.0.1:14000"
    result = asyncio.run(visit({"url": f"{address}/mcp", "headers": {}}, ask))
    assert [agent["id"] for agent in result.structured_content["agents"]] == ["demo.clerk"]
    waited = time.monotonic() + 60
    while time.monotonic() < waited:
        with urllib.request.urlopen(f"{address}/agents/demo.clerk", timeout=5) as reply:
            if json.load(reply)["status"] == "active":
                return
        time.sleep(1)
    pytest.fail("the clerk did not report to the registry")


def test_the_context_is_shared_by_permission(demo: Laptop) -> None:
    def ask(method: str, agent: str, **more: Any) -> httpx.Response:
        headers = {"Authorization": f"Bearer {demo.token(f'demo.{agent}')}", "If-Match": "0"}
        url = "http://127.0.0.1:14002/spaces/minutes/today"
        return httpx.request(method, url, headers=headers, **more)

    assert ask("PUT", "scribe", json={"by": "ada@example.com"}).status_code == 200
    assert ask("GET", "clerk").json()["value"] == {"by": "[redacted:email]"}
    assert ask("PUT", "clerk", json={}).status_code == 403
    assert ask("GET", "scribe").status_code == 403


def say(demo: Laptop, content: str | dict[str, Any], task: str = "") -> dict[str, Any]:
    """Ask the orchestrator as the operator."""
    return calls.say("http://127.0.0.1:14003/", demo.token("operator"), content, task)


def test_the_orchestrator_repeats_a_question_after_an_unclear_answer(demo: Laptop) -> None:
    task = say(demo, {"capability": "notes", "input": "Please write the minutes"})
    assert state(task) == "INPUT_REQUIRED", task
    unclear = say(demo, "which file?", str(task["id"]))
    assert state(unclear) == "INPUT_REQUIRED", unclear
    done = say(demo, "reject", str(task["id"]))
    assert state(done) == "COMPLETED", done
    assert not (demo.root / "specs/minutes.txt").exists()


def test_the_orchestrator_finds_an_agent_by_capability(demo: Laptop) -> None:
    request = {"capability": "arithmetic", "input": "Please add two and three"}
    task = say(demo, request)
    assert "5" in text(task), task
    failed = say(demo, {"capability": "cooking"})
    assert state(failed) == "FAILED"
    assert "arithmetic" in text(failed)


def run_of(demo: Laptop, method: str, path: str, **more: Any) -> dict[str, Any]:
    headers = {"Authorization": f"Bearer {demo.token('operator')}"}
    url = f"http://127.0.0.1:14001{path}"
    return dict(httpx.request(method, url, headers=headers, timeout=30, **more).json())


def until(demo: Laptop, run: str, wanted: str) -> dict[str, Any]:
    waited = time.monotonic() + 60
    while time.monotonic() < waited:
        try:
            current = run_of(demo, "GET", f"/runs/{run}")
        except httpx.HTTPError:
            current = {"state": "unreachable"}
        if current["state"] == wanted:
            return current
        time.sleep(0.5)
    pytest.fail(f"the run is {current}")


def test_a_workflow_waits_for_a_person_and_survives_a_kill(demo: Laptop, stand_in: StandIn) -> None:
    started = run_of(demo, "POST", "/workflows/demo/minutes/runs", json={"input": "hello"})
    waiting = until(demo, started["run"], "waiting")
    assert [wait["step"] for wait in waiting["waits"]] == ["publish"]
    before = list(stand_in.asked)
    os.kill(demo.processes()["workflow-engine"], signal.SIGKILL)
    until(demo, started["run"], "waiting")
    run_of(demo, "POST", f"/runs/{started['run']}/answer", json={"approve": True})
    done = until(demo, started["run"], "done")
    assert set(done["results"]) == {"plan", "look", "publish"}
    assert len(stand_in.asked) == len(before) + 1  # no step was done again
    second = run_of(demo, "POST", "/workflows/demo/minutes/runs", json={"input": "hello"})
    until(demo, second["run"], "waiting")
    run_of(demo, "POST", f"/runs/{second['run']}/answer", json={"approve": False})
    assert until(demo, second["run"], "rejected")


def test_a_killed_process_is_restarted(demo: Laptop) -> None:
    before = demo.processes()["demo.mcp.time"]
    os.kill(before, signal.SIGKILL)
    entry = demo.client("demo", "clerk")["mcpServers"]["time"]
    waited = time.monotonic() + 60
    while time.monotonic() < waited:
        now = demo.processes()["demo.mcp.time"]
        if now not in (0, before):
            try:
                assert asyncio.run(visit(entry, names)) == {"get_current_time", "convert_time"}
                return
            except (ExceptionGroup, MCPError, httpx.HTTPError):
                pass
        time.sleep(1)
    pytest.fail("the bridge of time did not come back")


def test_converging(demo: Laptop) -> None:
    """Nothing to do; then a grant is removed; then a server."""
    demo.roster("generate")  # the agents ask the real model again
    assert demo.stack("up", "demo").returncode == 0
    before = demo.processes()
    again = demo.stack("up", "demo")
    assert again.returncode == 0, again.stderr
    assert demo.processes() == before
    project = demo.root / "projects/demo/project.yaml"
    text = project.read_text(encoding="utf-8")
    project.write_text(text.replace("[git_status, git_log]", "[git_log]"), encoding="utf-8")
    demo.roster("generate")
    assert demo.stack("up", "demo").returncode == 0
    after = demo.processes()
    changed = {name for name in before if before[name] != after[name]}
    assert changed == {"demo.mcp.git", "demo.scribe"}
    entry = demo.client("demo", "scribe")["mcpServers"]["git"]
    assert asyncio.run(visit(entry, names)) == {"git_log"}
    text = project.read_text(encoding="utf-8")
    grant = "        - {server: git, tools: [git_log]}\n"
    assert grant in text
    text = text.replace(grant, "").replace("filesystem, git, memory", "filesystem, memory")
    project.write_text(text, encoding="utf-8")
    demo.roster("generate")
    assert demo.stack("up", "demo").returncode == 0
    last = demo.processes()
    assert set(after) - set(last) == {"demo.mcp.git"}
    assert last["demo.mcp.time"] == after["demo.mcp.time"]


def test_down_stops_everything(demo: Laptop) -> None:
    assert demo.stack("down").returncode == 0
    assert json.loads(demo.pm2("jlist")) == []
    assert demo.stack("down").returncode == 0
    assert demo.stack("status").returncode == 1
