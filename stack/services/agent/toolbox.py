"""The tools of an agent: those it is granted, called at its servers' bridges, and its delegates."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
from mcp import Client
from mcp.client.streamable_http import streamable_http_client
from mcp.shared.exceptions import MCPError

_READ_TIMEOUT, _CALL_TIMEOUT = 30.0, 600.0
"""Seconds."""
_DELEGATE = "delegate__"
_VARIABLE = re.compile(r"\$\{ROSTER_TOKEN_[A-Z0-9_]+\}")


@dataclass(frozen=True, slots=True)
class Tool:
    """A tool of a server, or with `server` "" a delegate; `human`: a person approves each call."""

    server: str
    name: str
    human: bool
    definition: Mapping[str, Any]


class Toolbox:
    """The granted tools by their names for the model. `load` fills it."""

    def __init__(
        self, granted: Mapping[str, Mapping[str, str]], config: Path, token: str,
        delegates: tuple[str, ...],
    ) -> None:  # fmt: skip
        excluded = set(filter(None, os.environ.get("ROSTER_WITHOUT", "").split(",")))
        self._granted = {name: tools for name, tools in granted.items() if name not in excluded}
        self._config, self._token = config, token
        self._delegates = {f"{_DELEGATE}{agent}": _delegate(agent) for agent in delegates}
        self.tools = dict(self._delegates)
        self.fault: str | None = "it has not listed its servers' tools yet"

    async def load(self) -> None:
        """List the tools of every server; `fault` says what is missing."""
        tools: dict[str, Tool] = {}
        for server, granted in self._granted.items():
            try:
                listed = await self._listed(server)
            except Exception as error:  # noqa: BLE001 - a server that is away fails in many ways
                self.fault = f"{server} is not reachable ({_innermost(error)})"
                return
            missing = sorted(granted.keys() - listed.keys())
            if missing:
                self.fault = f"{server} offers no {', '.join(missing)}"
                return
            for name, approval in granted.items():
                tool, shown = Tool(server, name, approval == "human", {}), _shown(server, name)
                if shown in tools or shown in self._delegates:
                    self.fault = f"two tools have the same name for the model: {shown}"
                    return
                tools[shown] = _described(tool, listed[name])
        self.tools = self._delegates | tools
        self.fault = None

    async def call(self, tool: Tool, arguments: Mapping[str, Any]) -> tuple[str, bool]:
        """A tool's answer as text, and whether it is an error."""
        try:
            async with self._http() as http, self._client(tool.server, http) as client:
                result = await client.call_tool(tool.name, dict(arguments), _CALL_TIMEOUT)
        except Exception as error:  # noqa: BLE001 - the model gets any error as result
            return f"{tool.server} failed: {_innermost(error)}", True
        texts = [part.text if part.type == "text" else f"[{part.type}]" for part in result.content]
        return "\n".join(texts), bool(result.is_error)

    async def _listed(self, server: str) -> dict[str, Any]:
        async with self._http() as http, self._client(server, http) as client:
            return {tool.name: tool for tool in (await client.list_tools()).tools}

    def _http(self) -> httpx2.AsyncClient:
        headers = {"Authorization": f"Bearer {self._token}"}
        return httpx2.AsyncClient(headers=headers, timeout=_CALL_TIMEOUT, trust_env=False)

    def _client(self, server: str, http: httpx2.AsyncClient) -> Client:
        entries = json.loads(self._config.read_text(encoding="utf-8"))["mcpServers"]
        entry = entries[server]
        assert _VARIABLE.search(entry["headers"]["Authorization"]), server
        return Client(
            streamable_http_client(entry["url"], http_client=http),
            read_timeout_seconds=_READ_TIMEOUT,
        )


def _delegate(agent: str) -> Tool:
    schema = {"type": "object", "properties": {"task": {"type": "string"}}, "required": ["task"]}
    return Tool("", agent, False, {
        "name": f"{_DELEGATE}{agent}",
        "description": f"Give a task to the agent {agent}, and get its answer",
        "input_schema": schema,
    })  # fmt: skip


def _shown(server: str, tool: str) -> str:
    """The tool's name for the model: letters, digits, `_` and `-`, 128 at most."""
    return re.sub(r"[^a-zA-Z0-9_-]", "_", f"{server}__{tool}")[:128]


def _described(tool: Tool, listed: Any) -> Tool:
    definition = {
        "name": _shown(tool.server, tool.name),
        "description": listed.description or listed.title or tool.name,
        "input_schema": listed.input_schema,
    }
    return Tool(tool.server, tool.name, tool.human, definition)


def _innermost(error: BaseException) -> str:
    """The first error inside of the groups that task groups raise, as text."""
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error.message if isinstance(error, MCPError) else type(error).__name__
