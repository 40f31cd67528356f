"""The bridge in front of real MCP servers, with real clients and with malicious callers."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastmcp import Client as FastClient
from mcp import Client, MCPError, StdioServerParameters

from tests.local.bridges import MODERN, TOKENS, Bridge, bridge, message

EVERYTHING = ["npx", "-y", "@modelcontextprotocol/server-everything@2026.8.31"]
LONG = "trigger-long-running-operation"
GRANTS = {"demo.scribe": ["echo", "get-sum", LONG], "demo.clerk": ["echo"]}


@pytest.fixture(scope="module")
def everything(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bridge]:
    with bridge(tmp_path_factory.mktemp("everything"), EVERYTHING, GRANTS) as running:
        assert running.ready() == (200, {"status": "ok"})
        yield running


@pytest.mark.parametrize(("mode", "version"), [("auto", MODERN), ("legacy", "2025-11-25")])
def test_each_agent_sees_and_calls_its_tools_only(
    everything: Bridge, mode: str, version: str
) -> None:
    async def ask() -> None:
        async with everything.client("demo.scribe", mode) as scribe:
            assert scribe.protocol_version == version
            assert {tool.name for tool in (await scribe.list_tools()).tools} == {
                *GRANTS["demo.scribe"]
            }
            result = await scribe.call_tool("get-sum", {"a": 2, "b": 3})
            assert "5" in result.content[0].text
            assert await refused(scribe, "get-env") == await refused(scribe, "no-such-tool")
        async with everything.client("demo.clerk", mode) as clerk:
            assert [tool.name for tool in (await clerk.list_tools()).tools] == ["echo"]
            await refused(clerk, "get-sum")

    asyncio.run(ask())


async def refused(client: Client, tool: str) -> tuple[int, str]:
    with pytest.raises(MCPError) as error:
        await client.call_tool(tool, {"a": 2, "b": 3})
    return error.value.code, error.value.message.replace(tool, "X")


def test_definitions_and_results_are_those_of_the_server(everything: Bridge) -> None:
    async def ask() -> None:
        parameters = StdioServerParameters(command=EVERYTHING[0], args=EVERYTHING[1:])
        async with Client(parameters) as direct, everything.client(mode="legacy") as bridged:
            theirs = {tool.name: tool for tool in (await direct.list_tools()).tools}
            ours = (await bridged.list_tools()).tools
            assert ours == [theirs[tool.name] for tool in ours]
            words = {"message": "a \u2028 b \U0001f600"}
            assert await bridged.call_tool("echo", words) == await direct.call_tool("echo", words)
            wrong = await bridged.call_tool("echo", {"message": None})
            assert wrong == await direct.call_tool("echo", {"message": None})
            assert wrong.is_error

    asyncio.run(ask())


@pytest.mark.parametrize("mode", ["auto", "legacy"])
def test_progress_and_parallel_calls_are_forwarded(everything: Bridge, mode: str) -> None:
    steps: list[float] = []

    async def progress(now: float, total: float | None, text: str | None) -> None:
        steps.append(now)

    async def ask() -> None:
        async with everything.client(mode=mode) as client:
            long = client.call_tool(LONG, {"duration": 1, "steps": 4}, progress_callback=progress)
            sums = [client.call_tool("get-sum", {"a": n, "b": 1}) for n in range(20)]
            _, *results = await asyncio.gather(long, *sums)
            for n, result in enumerate(results):
                assert f"{n} and 1 is {n + 1}" in result.content[0].text

    asyncio.run(ask())
    assert steps == [1, 2, 3, 4]


def test_another_client_reads_the_same_configuration(everything: Bridge) -> None:
    entry = {
        "type": "http", "url": everything.url,
        "headers": {"Authorization": f"Bearer {TOKENS['demo.clerk']}"},
    }  # fmt: skip

    async def ask() -> None:
        async with FastClient({"mcpServers": {"everything": entry}}) as client:
            assert [tool.name for tool in await client.list_tools()] == ["echo"]
            assert "hello" in str(await client.call_tool("echo", {"message": "hello"}))

    asyncio.run(ask())


def test_each_decision_is_one_line_without_arguments(everything: Bridge) -> None:
    async def ask() -> None:
        async with everything.client("demo.clerk") as client:
            await client.call_tool("echo", {"message": "a private matter"})
            await refused(client, "get-sum")

    asyncio.run(ask())
    *_, allowed, no = everything.log()
    assert (allowed["identity"], allowed["tool"], allowed["decision"], allowed["isError"]) == (
        "demo.clerk", "echo", "allowed", False
    )  # fmt: skip
    assert (no["tool"], no["decision"]) == ("get-sum", "refused")
    assert "private" not in json.dumps(everything.log()) + everything.errors()


@pytest.mark.parametrize("token", ["-", "x", "5c" * 31, "5C" * 32])
def test_an_unknown_token_is_refused(everything: Bridge, token: str) -> None:
    answer = everything.post(message("tools/list"), token, Mcp_Method="tools/list")
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"].startswith("Bearer")


def test_an_agent_without_a_grant_is_refused(everything: Bridge) -> None:
    answer = everything.post(message("tools/list"), TOKENS["demo.guest"], Mcp_Method="tools/list")
    assert answer.status_code == 403
    assert everything.log()[-1]["identity"] == "demo.guest"


@pytest.mark.parametrize(
    "headers", [{"Origin": "https://evil.example"}, {"Host": "evil.example"}, {"Origin": "null"}]
)
def test_a_web_page_cannot_reach_it(everything: Bridge, headers: dict[str, str]) -> None:
    answer = everything.post(message("tools/list"), Mcp_Method="tools/list", **headers)
    assert answer.status_code in (403, 421)


def call(name: str, **arguments: Any) -> dict[str, Any]:
    return message("tools/call", name=name, arguments=arguments)


@pytest.mark.parametrize(
    "name", ["Echo", "ECHO", " echo", "echo ", "echo\n", "ec\u0000ho", "get-env"]
)
def test_names_must_match_exactly(everything: Bridge, name: str) -> None:
    body = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": call(name)["params"]}
    del body["params"]["_meta"]
    with httpx.Client() as http:
        session = opened(everything, http)
        answer = http.post(everything.url, json=body, headers=session)
    assert answer.status_code == 200
    assert '"code":-32602' in answer.text


def opened(everything: Bridge, http: httpx.Client, agent: str = "demo.scribe") -> dict[str, str]:
    """The headers of a session of an older client."""
    headers = {
        "Accept": "application/json, text/event-stream",
        "Authorization": f"Bearer {TOKENS[agent]}",
    }
    hello = {
        "protocolVersion": "2025-06-18", "capabilities": {},
        "clientInfo": {"name": "test", "version": "1"},
    }  # fmt: skip
    body = {"jsonrpc": "2.0", "id": 0, "method": "initialize", "params": hello}
    answer = http.post(everything.url, json=body, headers=headers)
    assert answer.status_code == 200
    headers |= {"Mcp-Session-Id": answer.headers["mcp-session-id"]}
    headers |= {"MCP-Protocol-Version": "2025-06-18"}
    http.post(
        everything.url,
        json={"jsonrpc": "2.0", "method": "notifications/initialized"},
        headers=headers,
    )
    return headers


def test_a_session_belongs_to_the_agent_that_opened_it(everything: Bridge) -> None:
    body = {"jsonrpc": "2.0", "id": 1, "method": "tools/list"}
    with httpx.Client() as http:
        session = opened(everything, http)
        assert http.post(everything.url, json=body, headers=session).status_code == 200
        stolen = session | {"Authorization": f"Bearer {TOKENS['demo.clerk']}"}
        assert http.post(everything.url, json=body, headers=stolen).status_code == 404
        assert (
            http.post(
                everything.url, json=body, headers=session | {"Authorization": ""}
            ).status_code
            == 401
        )


@pytest.mark.parametrize(
    ("method", "name"), [("tools/list", "echo"), ("tools/call", "echo"), ("tools/call", "Get-sum")]
)
def test_headers_must_match_the_body(everything: Bridge, method: str, name: str) -> None:
    body = call("get-sum", a=1, b=2)
    answer = everything.post(body, Mcp_Method=method, Mcp_Name=name)
    assert answer.status_code == 400
    assert answer.json()["error"]["code"] == -32020
    assert everything.post(body, Mcp_Method="tools/call", Mcp_Name="get-sum").status_code == 200


REFERENCE = {"type": "ref/prompt", "name": "x"}


@pytest.mark.parametrize(
    ("method", "params"),
    [
        ("prompts/list", {}),
        ("prompts/get", {"name": "x"}),
        ("resources/list", {}),
        ("resources/templates/list", {}),
        ("resources/read", {"uri": "x"}),
        ("completion/complete", {"ref": REFERENCE, "argument": {"name": "x", "value": ""}}),
        ("subscriptions/listen", {"notifications": {}}),
        ("resources/subscribe", {"uri": "x"}),
        ("logging/setLevel", {"level": "debug"}),
        ("tasks/list", {}),
    ],
)
def test_only_tools_are_served(everything: Bridge, method: str, params: dict[str, Any]) -> None:
    answer = everything.post(message(method, **params), Mcp_Method=method, Mcp_Name="x")
    assert answer.json()["error"]["code"] == -32601
    legacy = {"jsonrpc": "2.0", "id": 1, "method": method, "params": params}
    with httpx.Client() as http:
        answer = http.post(everything.url, json=legacy, headers=opened(everything, http))
    assert '"code":-32601' in answer.text


def test_malformed_requests_are_refused(everything: Bridge) -> None:
    sent = {"Mcp_Method": "tools/call", "Mcp_Name": "echo"}
    assert everything.post(call("echo", message="x" * 5_000_000), **sent).status_code == 413
    assert everything.post([call("echo", message="x")], **sent).status_code == 400
    assert everything.post("text", **sent).status_code == 400
    assert everything.post(call("echo", message="x"), **sent).status_code == 200


@pytest.mark.parametrize(
    ("command", "tool", "arguments", "expected"),
    [
        (["uvx", "mcp-server-time==2026.10.19"], "get_current_time", {"timezone": "UTC"}, "UTC"),
        (["uvx", "mcp-server-git==2026.10.19"], "git_status", {"repo_path": "."}, "branch"),
        (["npx", "-y", "@modelcontextprotocol/server-filesystem@2026.8.31", "."],
         "list_allowed_directories", {}, "Allowed"),
    ],
)  # fmt: skip
def test_other_servers(
    tmp_path: Path, command: list[str], tool: str, arguments: dict[str, Any], expected: str
) -> None:
    async def ask() -> None:
        async with running.client() as client:
            assert [each.name for each in (await client.list_tools()).tools] == [tool]
            result = await client.call_tool(tool, arguments)
            assert not result.is_error
            assert expected in result.content[0].text

    with bridge(tmp_path, command, {"demo.scribe": [tool]}) as running:
        assert running.ready() == (200, {"status": "ok"})
        asyncio.run(ask())
