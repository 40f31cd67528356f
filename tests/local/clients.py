"""The official MCP client with one server of a client's configuration."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import httpx2
from mcp import Client
from mcp.client.streamable_http import streamable_http_client


async def visit(entry: dict[str, Any], use: Callable[[Client], Awaitable[Any]]) -> Any:
    """Connect to a server by its entry in `.mcp.json`, and use it."""
    async with (
        httpx2.AsyncClient(headers=entry["headers"], timeout=60) as http,
        Client(streamable_http_client(entry["url"], http_client=http)) as client,
    ):
        return await use(client)


async def names(client: Client) -> set[str]:
    """The tools that the server lists."""
    return {tool.name for tool in (await client.list_tools()).tools}
