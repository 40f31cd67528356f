"""A project that this repository ships starts on a laptop, and clients use its real servers.

Servers that cannot start without an account or another machine are excluded. The others get invalid
secrets: they answer, but reach no other system.
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
from tests.local.postgres import running
from tests.local.programs import free_port

PROJECT = "flashfusion"
EXCLUDED = ("aws", "github", "github-issues", "semgrep", "stripe", "trivy")
NOWHERE = "127.0.0.1:9"
NOT_HERE = {"gitleaks"}  # it has no package, only an image for clusters
# A harmless call, whether it works without an account, and a part of the server's own answer.
# Notion has none, as each of its tools calls Notion's own machines.
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
    agent["id"].partition(".")[2]: agent["metadata"]["tools"]
    for agent in REGISTRY["agents"]
    if agent["metadata"]["project"] == PROJECT
}
GRANTS = [
    (agent, server, set(tools))
    for agent, granted in TEAM.items()
    for server, tools in granted.items()
    if server not in {*EXCLUDED, *NOT_HERE}
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
    """All secrets that the shipped stack needs; only that of the database is valid."""
    key = tmp_path_factory.mktemp("keys") / "key.json"
    account = {"type": "service_account", "client_email": "a@example.com", "private_key": "none"}
    key.write_text(json.dumps(account | {"token_uri": f"http://{NOWHERE}/"}))
    asked = [secret for app in APPS.values() for secret in app["secrets"]]
    dummies = {secret["name"]: str(key) if secret["file"] else "not-a-secret" for secret in asked}
    return dummies | {"DSN": dsn, "MDB_MCP_CONNECTION_STRING": f"mongodb://{NOWHERE}/d"}


@pytest.fixture(scope="module")
def laptop(secrets: dict[str, str]) -> Iterator[Laptop]:
    """The shipped stack, up; `up` fails with the names of missing programs."""
    with shipped(**secrets) as running:
        done = running.stack("up", PROJECT, *(f"--without={name}" for name in EXCLUDED))
        assert done.returncode == 0, done.stdout + done.stderr
        missing = "aws, github, gitleaks, semgrep, trivy"
        assert f"{PROJECT}.security runs without {missing}" in done.stderr.splitlines()
        yield running


def entry(laptop: Laptop, agent: str, server: str) -> dict[str, Any]:
    return dict(laptop.client(PROJECT, agent)["mcpServers"][server])


def test_all_apps_are_up(laptop: Laptop) -> None:
    done = laptop.stack("status", "--format", "json")
    states = {app["name"]: app["state"] for app in json.loads(done.stdout)["apps"]}
    out = {f"{PROJECT}.mcp.{name}" for name in EXCLUDED}
    assert states == {name: "left out" if name in out else "up" for name in APPS}
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("agent", TEAM)
def test_a_clients_configuration_has_exactly_the_granted_servers(
    laptop: Laptop, agent: str
) -> None:
    assert laptop.client(PROJECT, agent)["mcpServers"].keys() == TEAM[agent].keys() - NOT_HERE


def test_six_real_servers_are_reached() -> None:
    assert len(SERVERS) >= 6, SERVERS


@by_grant
def test_a_client_lists_exactly_the_granted_tools(
    laptop: Laptop, agent: str, server: str, tools: set[str]
) -> None:
    assert asyncio.run(visit(entry(laptop, agent, server), names)) == tools


@pytest.mark.parametrize("server", SERVERS - {"notion"})
def test_a_call_is_answered_by_the_server_itself(laptop: Laptop, server: str) -> None:
    tool, arguments, works, expected = CALLS[server]
    agent = next(agent for agent, name, tools in GRANTS if name == server and tool in tools)

    async def call(client: Client) -> Any:
        return await client.call_tool(tool, arguments)

    result = asyncio.run(visit(entry(laptop, agent, server), call))
    assert (not result.is_error) is works, result
    assert expected in "\n".join(part.text for part in result.content)


@by_grant
def test_a_call_that_is_not_granted_is_refused(
    laptop: Laptop, agent: str, server: str, tools: set[str]
) -> None:
    """For each server a tool that the agent is not granted, or one that does not exist."""
    listed = next(entry["tools"] for entry in REGISTRY["mcpServers"] if entry["name"] == server)
    tool = min(set(listed) - tools, default="drop_everything")

    async def refusal(client: Client) -> MCPError:
        with pytest.raises(MCPError) as caught:
            await client.call_tool(tool, {})
        return caught.value

    error = asyncio.run(visit(entry(laptop, agent, server), refusal))
    assert (error.code, error.message) == (INVALID_PARAMS, f"Unknown tool: {tool}")


@pytest.mark.parametrize("server", SERVERS)
def test_a_server_refuses_agents_without_a_grant(laptop: Laptop, server: str) -> None:
    url = APPS[f"{PROJECT}.mcp.{server}"]["url"]
    allowed = {agent for agent, granted in TEAM.items() if server in granted}
    body = {"jsonrpc": "2.0", "id": 1, "method": "tools/list"}
    tokens = {agent: laptop.token(f"{PROJECT}.{agent}") for agent in TEAM}
    for agent, token in tokens.items():
        if agent not in allowed:
            headers = {"Authorization": f"Bearer {token}", "Accept": "application/json"}
            assert httpx.post(url, json=body, headers=headers).status_code == 403, agent


def test_fastmcp_loads_the_same_file(laptop: Laptop) -> None:
    """The configuration of the agent whose servers all run."""

    async def listed() -> set[str]:
        async with FastMCP(laptop.client(PROJECT, "data-pipeline")) as client:
            return {tool.name for tool in await client.list_tools()}

    granted = TEAM["data-pipeline"]
    assert not granted.keys() & set(EXCLUDED)
    wanted = {f"{server}_{tool}" for server, tools in granted.items() for tool in tools}
    assert asyncio.run(listed()) == wanted


def test_every_agent_reports_to_the_registry(laptop: Laptop) -> None:
    def active() -> set[str]:
        query = {"project": PROJECT, "status": "active"}
        answer = httpx.get(f"{APPS['agent-registry']['url']}/agents", params=query).json()
        return {agent["id"].partition(".")[2] for agent in answer["agents"]}

    until(lambda: active() == set(TEAM), 60)


def test_down_stops_everything(laptop: Laptop) -> None:
    """No process in the checkout or below PM2, no port, and no PM2."""
    daemon = psutil.Process(int((laptop.home / "pm2.pid").read_text()))
    family = {daemon, *daemon.children(recursive=True)}
    family |= {process for process in psutil.process_iter() if runs_in(process, laptop.root)}
    assert len(family) > len(APPS)
    assert all(map(taken, ports())), ports()
    done = laptop.stack("down")
    assert done.returncode == 0, done.stderr
    until(lambda: not any(map(lives, family)))
    assert not [process for process in psutil.process_iter() if runs_in(process, laptop.root)]
    assert not [port for port in ports() if taken(port)]
    assert laptop.stack("status").returncode == 1


def ports() -> list[int]:
    out = {f"{PROJECT}.mcp.{name}" for name in EXCLUDED}
    return [app["port"] for name, app in APPS.items() if name not in out]


def taken(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def runs_in(process: psutil.Process, folder: Path) -> bool:
    try:
        return lives(process) and process.cwd() == str(folder)
    except psutil.Error:  # it has just ended
        return False
