"""A project that this repository ships comes up on a laptop, and clients use its real servers.

What needs somebody's account, or another machine, to start at all is left out. The others get
secrets that open nothing: they answer for themselves, and reach nobody.
"""

from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pgserver
import psutil
import pytest
from fastmcp import Client as FastMCP
from mcp import Client
from mcp.shared.exceptions import MCPError
from mcp_types import INVALID_PARAMS

from tests.local.bridges import lives, until
from tests.local.clients import names, visit
from tests.local.laptop import ROOT, Laptop, shipped
from tests.local.pm2_home import free_port
from tests.local.postgres import running

PROJECT = "flashfusion"
LEFT_OUT = ("aws", "github", "github-issues", "semgrep", "stripe", "trivy")
NOWHERE = "127.0.0.1:9"
NOT_HERE = {"gitleaks"}  # it has no package: only an image, in the clusters
# A call that harms nothing, whether it works without an account, and what the server itself says.
# Notion has none: each of its tools asks Notion's own machines, whatever it is given.
CALLS: dict[str, tuple[str, dict[str, Any], bool, str]] = {
    "analytics": ("get_account_summaries", {}, False, "service account"),
    "aws-s3": ("s3_list_objects", {"bucket_name": "X"}, False, "at least 3"),
    "database": ("search_objects", {"object_type": "table", "schema": "public"}, True, "harvests"),
    "mongodb": (
        "list-collections", {"connectionId": "preconfigured", "database": "d"}, False,
        "ECONNREFUSED",
    ),
    "quickbooks": ("list_accounts", {}, False, "credentials not configured"),
}  # fmt: skip


def generated(path: str) -> Any:
    return json.loads((ROOT / "generated" / path).read_text(encoding="utf-8"))


REGISTRY = generated("registry/registry.json")
APPS = generated(f"pm2/{PROJECT}/stack.json")["apps"] | generated("pm2/platform/stack.json")["apps"]
TEAM = {
    one["id"].partition(".")[2]: one["metadata"]["tools"]
    for one in REGISTRY["agents"]
    if one["metadata"]["project"] == PROJECT
}
GRANTS = [
    (agent, server, set(tools))
    for agent, granted in TEAM.items()
    for server, tools in granted.items()
    if server not in {*LEFT_OUT, *NOT_HERE}
]
SERVERS = {server for _, server, _ in GRANTS}
by_grant = pytest.mark.parametrize(("agent", "server", "tools"), GRANTS)


@pytest.fixture(scope="module")
def dsn() -> Iterator[str]:
    """A database with a table, at a port of this machine."""
    binaries = Path(pgserver.__file__).parent / "pginstall" / "bin"
    with running(binaries, "127.0.0.1", free_port()) as server:
        database = server.fresh()
        database("CREATE TABLE harvests (id int)")
        place = f"127.0.0.1:{server.port}/{database.name}"
        yield f"postgres://postgres:not-asked@{place}?sslmode=disable"


@pytest.fixture(scope="module")
def secrets(dsn: str, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """All that the shipped stack asks for; nothing of it opens anything but the database."""
    key = tmp_path_factory.mktemp("keys") / "key.json"
    account = {"type": "service_account", "client_email": "a@example.com", "private_key": "none"}
    key.write_text(json.dumps(account | {"token_uri": f"http://{NOWHERE}/"}))
    asked = [secret for app in APPS.values() for secret in app["secrets"]]
    dummies = {one["name"]: str(key) if one["file"] else "not-a-secret" for one in asked}
    return dummies | {"DSN": dsn, "MDB_MCP_CONNECTION_STRING": f"mongodb://{NOWHERE}/d"}


@pytest.fixture(scope="module")
def desk(secrets: dict[str, str]) -> Iterator[Laptop]:
    """The shipped stack, up. Of a program that is missing, `up` tells the name, and ends."""
    with shipped(**secrets) as made:
        done = made.stack("up", PROJECT, *(f"--without={name}" for name in LEFT_OUT))
        assert done.returncode == 0, done.stdout + done.stderr
        lacking = "aws, github, gitleaks, semgrep, trivy"
        assert f"{PROJECT}.security goes without {lacking}" in done.stderr.splitlines()
        yield made


def entry(desk: Laptop, agent: str, server: str) -> dict[str, Any]:
    return dict(desk.client(PROJECT, agent)["mcpServers"][server])


def test_all_is_well(desk: Laptop) -> None:
    told = desk.stack("status", "--format", "json")
    states = {one["name"]: one["state"] for one in json.loads(told.stdout)["apps"]}
    out = {f"{PROJECT}.mcp.{name}" for name in LEFT_OUT}
    assert states == {name: "left out" if name in out else "up" for name in APPS}
    assert told.returncode == 0, told.stdout + told.stderr


@pytest.mark.parametrize("agent", TEAM)
def test_the_file_of_a_client_holds_just_the_granted_servers(desk: Laptop, agent: str) -> None:
    assert desk.client(PROJECT, agent)["mcpServers"].keys() == TEAM[agent].keys() - NOT_HERE


def test_six_real_servers_are_reached() -> None:
    assert len(SERVERS) >= 6, SERVERS


@by_grant
def test_a_client_lists_just_the_granted_tools(
    desk: Laptop, agent: str, server: str, tools: set[str]
) -> None:
    assert asyncio.run(visit(entry(desk, agent, server), names)) == tools


@pytest.mark.parametrize("server", SERVERS - {"notion"})
def test_a_call_is_answered_by_the_server_itself(desk: Laptop, server: str) -> None:
    tool, arguments, works, expected = CALLS[server]
    agent = next(agent for agent, name, tools in GRANTS if name == server and tool in tools)

    async def call(client: Client) -> Any:
        return await client.call_tool(tool, arguments)

    result = asyncio.run(visit(entry(desk, agent, server), call))
    assert (not result.is_error) is works, result
    assert expected in "\n".join(part.text for part in result.content)


@by_grant
def test_a_call_that_is_not_granted_is_refused(
    desk: Laptop, agent: str, server: str, tools: set[str]
) -> None:
    """Of each server a tool that it has and the agent may not call, or one that it has not."""
    there = next(one["tools"] for one in REGISTRY["mcpServers"] if one["name"] == server)
    tool = min(set(there) - tools, default="drop_everything")

    async def refusal(client: Client) -> MCPError:
        with pytest.raises(MCPError) as caught:
            await client.call_tool(tool, {})
        return caught.value

    error = asyncio.run(visit(entry(desk, agent, server), refusal))
    assert (error.code, error.message) == (INVALID_PARAMS, f"Unknown tool: {tool}")


@pytest.mark.parametrize("server", SERVERS)
def test_a_server_is_closed_to_agents_without_a_grant(desk: Laptop, server: str) -> None:
    url = APPS[f"{PROJECT}.mcp.{server}"]["url"]
    allowed = {agent for agent, granted in TEAM.items() if server in granted}
    body = {"jsonrpc": "2.0", "id": 1, "method": "tools/list"}
    tokens = {agent: desk.token(f"{PROJECT}.{agent}") for agent in TEAM}
    for agent, token in tokens.items():
        if agent not in allowed:
            headers = {"Authorization": f"Bearer {token}", "Accept": "application/json"}
            assert httpx.post(url, json=body, headers=headers).status_code == 403, agent


def test_fastmcp_loads_the_same_file(desk: Laptop) -> None:
    """That of the agent whose servers all run."""

    async def listed() -> set[str]:
        async with FastMCP(desk.client(PROJECT, "data-pipeline")) as client:
            return {tool.name for tool in await client.list_tools()}

    granted = TEAM["data-pipeline"]
    assert not granted.keys() & set(LEFT_OUT)
    wanted = {f"{server}_{tool}" for server, tools in granted.items() for tool in tools}
    assert asyncio.run(listed()) == wanted


def test_the_registry_hears_of_every_agent(desk: Laptop) -> None:
    def active() -> set[str]:
        asked = {"project": PROJECT, "status": "active"}
        found = httpx.get(f"{APPS['agent-registry']['url']}/agents", params=asked).json()
        return {one["id"].partition(".")[2] for one in found["agents"]}

    until(lambda: active() == set(TEAM), 60)


def test_down_leaves_nothing(desk: Laptop) -> None:
    """No process that runs in the checkout or below PM2, no port, and no PM2."""
    daemon = psutil.Process(int((desk.home / "pm2.pid").read_text()))
    family = {daemon, *daemon.children(recursive=True)}
    family |= {one for one in psutil.process_iter() if runs_in(one, desk.root)}
    assert len(family) > len(APPS)
    assert all(map(taken, ports())), ports()
    done = desk.stack("down")
    assert done.returncode == 0, done.stderr
    until(lambda: not any(map(lives, family)))
    assert not [one for one in psutil.process_iter() if runs_in(one, desk.root)]
    assert not [port for port in ports() if taken(port)]
    assert desk.stack("status").returncode == 1


def ports() -> list[int]:
    out = {f"{PROJECT}.mcp.{name}" for name in LEFT_OUT}
    return [app["port"] for name, app in APPS.items() if name not in out]


def taken(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def runs_in(process: psutil.Process, folder: Path) -> bool:
    try:
        return lives(process) and process.cwd() == str(folder)
    except psutil.Error:  # it has just ended
        return False
