"""The tools of an agent: what it is granted, at the bridges of its servers, and its delegates."""

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

_SECONDS, _WORK = 30.0, 600.0
_DELEGATE = "delegate__"
_VARIABLE = re.compile(r"\$\{ROSTER_TOKEN_[A-Z0-9_]+\}")


@dataclass(frozen=True, slots=True)
class Tool:
    """A tool: of which server, and whether a person agrees to each call; `server` "": hand over."""

    server: str
    name: str
    human: bool
    definition: Mapping[str, Any]


class Toolbox:
    """The granted tools by the names under which the model knows them. `load` fills it."""

    def __init__(
        self, granted: Mapping[str, Mapping[str, str]], config: Path, token: str,
        delegates: tuple[str, ...],
    ) -> None:  # fmt: skip
        left = set(filter(None, os.environ.get("ROSTER_WITHOUT", "").split(",")))
        self._granted = {name: tools for name, tools in granted.items() if name not in left}
        self._config, self._token = config, token
        self._handing = {f"{_DELEGATE}{agent}": _delegate(agent) for agent in delegates}
        self.tools = dict(self._handing)
        self.fault: str | None = "it has not looked at its servers yet"

    async def load(self) -> None:
        """Ask every server for its tools; `fault` says what is missing."""
        found: dict[str, Tool] = {}
        for server, granted in self._granted.items():
            try:
                listed = await self._listed(server)
            except Exception as error:  # noqa: BLE001 - a server that is away fails in many ways
                self.fault = f"{server} is not reached ({_innermost(error)})"
                return
            missing = sorted(granted.keys() - listed.keys())
            if missing:
                self.fault = f"{server} offers no {', '.join(missing)}"
                return
            for name, approval in granted.items():
                tool, shown = Tool(server, name, approval == "human", {}), _shown(server, name)
                if shown in found or shown in self._handing:
                    self.fault = f"the model could not tell two tools apart: {shown}"
                    return
                found[shown] = _described(tool, listed[name])
        self.tools = self._handing | found
        self.fault = None

    async def call(self, tool: Tool, arguments: Mapping[str, Any]) -> tuple[str, bool]:
        """A tool's answer as text, and whether it is an error."""
        try:
            async with self._http() as http, self._client(tool.server, http) as client:
                result = await client.call_tool(tool.name, dict(arguments), _WORK)
        except Exception as error:  # noqa: BLE001 - the model is told, whatever it is
            return f"{tool.server} failed: {_innermost(error)}", True
        texts = [one.text if one.type == "text" else f"[{one.type}]" for one in result.content]
        return "\n".join(texts), bool(result.is_error)

    async def _listed(self, server: str) -> dict[str, Any]:
        async with self._http() as http, self._client(server, http) as client:
            return {tool.name: tool for tool in (await client.list_tools()).tools}

    def _http(self) -> httpx2.AsyncClient:
        headers = {"Authorization": f"Bearer {self._token}"}
        return httpx2.AsyncClient(headers=headers, timeout=_WORK, trust_env=False)

    def _client(self, server: str, http: httpx2.AsyncClient) -> Client:
        entries = json.loads(self._config.read_text(encoding="utf-8"))["mcpServers"]
        entry = entries[server]
        assert _VARIABLE.search(entry["headers"]["Authorization"]), server
        return Client(
            streamable_http_client(entry["url"], http_client=http), read_timeout_seconds=_SECONDS
        )


def _delegate(agent: str) -> Tool:
    schema = {"type": "object", "properties": {"task": {"type": "string"}}, "required": ["task"]}
    return Tool("", agent, False, {
        "name": f"{_DELEGATE}{agent}",
        "description": f"Hand a task to the agent {agent}, and get its answer",
        "input_schema": schema,
    })  # fmt: skip


def _shown(server: str, tool: str) -> str:
    """The name for the model, which takes letters, digits, `_` and `-`, 128 at most."""
    return re.sub(r"[^a-zA-Z0-9_-]", "_", f"{server}__{tool}")[:128]


def _described(tool: Tool, listed: Any) -> Tool:
    definition = {
        "name": _shown(tool.server, tool.name),
        "description": listed.description or listed.title or tool.name,
        "input_schema": listed.input_schema,
    }
    return Tool(tool.server, tool.name, tool.human, definition)


def _innermost(error: BaseException) -> str:
    """What is behind the groups of errors that task groups make."""
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error.message if isinstance(error, MCPError) else type(error).__name__
