"""Bridges for tests: started as PM2 starts them, and stopped with their servers."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractContextManager, asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import httpx2
import psutil
from mcp import Client
from mcp.client.streamable_http import streamable_http_client
from mcp.types import CallToolResult

from tests.local.programs import ROOT, free_port

TOKENS = {"demo.scribe": "5c" * 32, "demo.clerk": "c1" * 32, "demo.guest": "9e" * 32}
MODERN = "2026-07-28"
SECRET = "postgres://me:pass%20word@db/demo"
MEMORY = ["npx", "-y", "@modelcontextprotocol/server-memory@2026.8.31"]
ODD = [sys.executable, str(Path(__file__).with_name("odd_server.py"))]
ODD_TOOLS = {
    "demo.scribe": ["show", "die", "sleep", "loud", "twisted", "listen"],
    "demo.clerk": ["show", "sleep"],
}


@dataclass
class Bridge:
    """One running bridge."""

    process: subprocess.Popen[bytes]
    port: int
    folder: Path

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/mcp"

    def ready(self) -> tuple[int, dict[str, Any]]:
        """The answer of /readyz once it is not "starting" any more."""
        for _ in range(900):
            try:
                status, answer = self.now()
            except httpx.ConnectError:
                assert self.process.poll() is None, self.errors()
            else:
                if answer["status"] != "starting":
                    return status, answer
            time.sleep(0.2)
        raise AssertionError(self.errors())

    def now(self) -> tuple[int, dict[str, Any]]:
        """The answer of /readyz now."""
        answer = httpx.get(f"http://127.0.0.1:{self.port}/readyz")
        return answer.status_code, answer.json()

    def log(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in (self.folder / "out").read_text().splitlines()]

    def errors(self) -> str:
        return (self.folder / "err").read_text()

    def post(self, body: Any, token: str = TOKENS["demo.scribe"], **headers: str) -> httpx.Response:
        """One raw request; headers of 2026-07-28 unless `headers` replace them."""
        sent = {
            "Accept": "application/json, text/event-stream",
            "Authorization": f"Bearer {token}",
            **({"MCP-Protocol-Version": MODERN} if "mcp_protocol_version" not in headers else {}),
            **{name.replace("_", "-"): value for name, value in headers.items()},
        }
        return httpx.post(self.url, json=body, headers=sent, timeout=60)

    def family(self) -> list[psutil.Process]:
        """Every process below the bridge."""
        return psutil.Process(self.process.pid).children(recursive=True)

    @asynccontextmanager
    async def client(self, agent: str = "demo.scribe", mode: str = "auto") -> AsyncIterator[Client]:
        """The official SDK's client, as an agent."""
        headers = {"Authorization": f"Bearer {TOKENS[agent]}"}
        async with httpx2.AsyncClient(headers=headers, timeout=60) as http:
            transport = streamable_http_client(self.url, http_client=http)
            async with Client(transport, mode=mode) as client:
                yield client


def odd(folder: Path, *arguments: str, **more: Any) -> AbstractContextManager[Bridge]:
    """A bridge in front of the odd server, which does not start if `<identity>.broken` exists."""
    env = {"PLAIN": "1", "TERM": "dumb", "BROKEN": str(folder / "{identity}.broken")}
    return bridge(folder, [*ODD, *arguments], ODD_TOOLS, secrets=["DSN"], env=env, **more)


def asked(
    bridge: Bridge, tool: str, agent: str = "demo.scribe", **arguments: Any
) -> CallToolResult:
    """The result of an agent's call."""

    async def ask() -> CallToolResult:
        async with bridge.client(agent) as client:
            return await client.call_tool(tool, arguments, meta={"trace": "t"})

    return asyncio.run(ask())


def message(method: str, **params: Any) -> dict[str, Any]:
    """A request of 2026-07-28."""
    meta = {
        "io.modelcontextprotocol/protocolVersion": MODERN,
        "io.modelcontextprotocol/clientCapabilities": {},
    }
    return {"jsonrpc": "2.0", "id": 1, "method": method, "params": {**params, "_meta": meta}}


@contextmanager
def bridge(
    folder: Path, command: list[str], tools: dict[str, list[str]], **more: Any
) -> Iterator[Bridge]:
    """A bridge in front of a server; `environment` adds to its own variables."""
    port = free_port()
    environment = {**environment_of(folder), **more.pop("environment", {})}
    path = write(folder, command=command, tools=tools, port=port, **more)
    with (folder / "out").open("wb") as out, (folder / "err").open("wb") as err:
        process = subprocess.Popen(
            [sys.executable, "stack/bridge.py", str(path)],
            cwd=ROOT, env=environment, stdout=out, stderr=err,
        )  # fmt: skip
        try:
            yield Bridge(process, port, folder)
        finally:
            process.terminate()
            process.wait(15)


def write(folder: Path, **more: Any) -> Path:
    """Write the file that a bridge reads."""
    config = {
        "version": 1, "project": "demo", "server": "tested", "path": "/mcp", "env": {},
        "secrets": [], "sessions": "none", **more,
    }  # fmt: skip
    path = folder / "server.json"
    path.write_text(json.dumps(config))
    return path


def environment_of(folder: Path) -> dict[str, str]:
    """The environment of a bridge, with the tokens of three agents."""
    tokens = folder / "tokens.json"
    tokens.write_text(json.dumps(TOKENS))
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    more = {"PYTHONPATH": ".", "PYTHONSAFEPATH": "1", "PM2_HOME": "/nowhere", "DSN": SECRET}
    return {**os.environ, "PATH": path, "ROSTER_TOKENS": str(tokens), **more}


def until(holds: Callable[[], bool], seconds: float = 10) -> None:
    """Wait until a condition holds."""
    for _ in range(int(seconds * 10)):
        if holds():
            return
        time.sleep(0.1)
    raise AssertionError("the condition did not become true")


def lives(process: psutil.Process) -> bool:
    """Whether a process still runs, and is not a zombie."""
    return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
