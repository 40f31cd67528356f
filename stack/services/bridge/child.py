"""The real MCP server as a child over stdio: its start, its calls, its stderr, and its end."""

from __future__ import annotations

import asyncio
import contextlib
import math
import os
import sys
import time
from collections import deque
from collections.abc import Callable
from pathlib import Path
from threading import Thread
from typing import Any

import anyio
import mcp_types as types
from mcp import Client, MCPError, StdioServerParameters
from mcp.client.stdio import get_default_environment, stdio_client
from mcp.shared.dispatcher import ProgressFnT
from mcp_types import CONNECTION_CLOSED
from pydantic import RootModel, ValidationError

from stack.services.bridge.config import Program

START_TIMEOUT = 170.0  # seconds: the first start may fetch a package
_MAX_PAGES = 100
_MAX_LINE = 64 * 1024  # characters
_LAST_LINES = 3
_ENDED = "it has ended"
_END_TIMEOUT = 1.0  # seconds
# The child leads a process group of its own. Its shell reports how the program ended, kills what it
# left behind (npx and uvx start further processes), and kills the group within two seconds if the
# bridge itself is killed. It needs POSIX only, and no feature of Linux.
_GUARD = Path(__file__).with_name("guard.sh")


class _Raw(RootModel[dict[str, Any]]):
    """A result as the server sent it."""


class UnavailableError(Exception):
    """The real server cannot be called; str() says why."""


class Child:
    """One run of the real server; `run` lasts as long as it does.

    Args:
        redact: removes secrets from text
        echo: whether to write the server's stderr to our own
    """

    def __init__(
        self, config: Program, environment: dict[str, str], redact: Callable[[str], str],
        *, echo: bool = True,
    ) -> None:  # fmt: skip
        self.started, self.ended, self._finish = anyio.Event(), anyio.Event(), anyio.Event()
        self.stopped = False  # by `stop`
        self.tools: list[dict[str, Any]] = []
        self.calls = 0
        self.used = self.since = time.monotonic()
        self.failure = ""
        self._echo = echo
        self._config, self._environment, self._redact = config, environment, redact
        self._lines: deque[str] = deque(maxlen=_LAST_LINES)
        self._client: Client | None = None

    async def run(self) -> None:
        """Start the server, list its tools, and wait until `stop` or its end."""
        with anyio.CancelScope(deadline=anyio.current_time() + START_TIMEOUT) as scope:
            try:
                await self._serve(scope)
            except (ExceptionGroup, OSError) as error:
                self.failure = self._redact(_reason(error))
        if scope.cancelled_caught:
            self.failure = f"no answer within {START_TIMEOUT:.0f} s"
        if not self.stopped:
            reasons = filter(None, [self.failure, *await self._last_lines()])
            self.failure = "; ".join(reasons) or _ENDED
        self._client = None
        self.ended.set()
        self.started.set()

    def stop(self) -> None:
        """End it, with its whole process group."""
        self.stopped = True
        self._finish.set()

    async def list_tools(self) -> list[dict[str, Any]]:
        """All tools of the server, as it describes them, of all pages."""
        tools: list[dict[str, Any]] = []
        cursor: str | None = None
        for _ in range(_MAX_PAGES):
            params = types.PaginatedRequestParams(cursor=cursor)
            page = await self._ask(types.ListToolsRequest(params=params))
            tools += page["tools"]
            cursor = page.get("nextCursor")
            if cursor is None:
                return tools
        raise UnavailableError(f"its list of tools has more than {_MAX_PAGES} pages")

    async def call_tool(
        self, params: types.CallToolRequestParams, progress: ProgressFnT | None
    ) -> dict[str, Any]:
        """The server's own result. Raises MCPError (its own error), UnavailableError (it ended)."""
        return await self._ask(types.CallToolRequest(params=params), progress)

    async def _ask(
        self, request: types.ListToolsRequest | types.CallToolRequest,
        progress: ProgressFnT | None = None,
    ) -> dict[str, Any]:  # fmt: skip
        if self._client is None:
            raise UnavailableError(self.failure or _ENDED)
        self.calls += 1
        try:
            session = self._client.session
            return (await session.send_request(request, _Raw, progress_callback=progress)).root
        except MCPError as error:
            if error.code == CONNECTION_CLOSED and await self._has_ended():
                raise UnavailableError(self.failure or _ENDED) from None
            raise
        except ValidationError:
            raise UnavailableError("its answer does not follow the protocol") from None
        finally:
            self.calls -= 1
            self.used = time.monotonic()

    async def _has_ended(self) -> bool:
        """Whether the program has ended: the server itself may send the same error code."""
        with anyio.move_on_after(_END_TIMEOUT):
            await self.ended.wait()
        return self.ended.is_set()

    async def _last_lines(self) -> list[str]:
        """The last lines of its stderr, once that is closed."""
        with anyio.move_on_after(_END_TIMEOUT):
            await self._finish.wait()
        return list(self._lines)

    async def _serve(self, scope: anyio.CancelScope) -> None:
        unwanted = get_default_environment().keys() - self._environment.keys()
        parameters = StdioServerParameters(
            command="/bin/sh",
            args=[str(_GUARD), str(os.getpid()), " ".join(sorted(unwanted)), *self._config.command],
            env=self._environment,
        )
        reading, writing = os.pipe()
        loop = asyncio.get_running_loop()
        Thread(target=self._read_stderr, args=(reading, loop), daemon=True).start()
        with os.fdopen(writing, "w") as errors:
            transport = stdio_client(parameters, errlog=errors)
            async with Client(transport, cache=None) as client:
                errors.close()  # only the child has it open now
                self._client = client
                self.tools = await self.list_tools()
                scope.deadline = math.inf
                self.started.set()
                await self._finish.wait()

    def _read_stderr(self, reading: int, loop: asyncio.AbstractEventLoop) -> None:
        """Read the server's stderr; it is closed when the whole process group has ended."""
        with os.fdopen(reading, encoding="utf-8", errors="replace") as lines:
            begins = True  # a line; only the beginning of a line that is too long is used
            for line in iter(lambda: lines.readline(_MAX_LINE), ""):
                if begins:
                    self._keep(line.rstrip())
                begins = line.endswith("\n")
        with contextlib.suppress(RuntimeError):  # the loop is closed
            loop.call_soon_threadsafe(self._finish.set)

    def _keep(self, line: str) -> None:
        """Keep a line among the last ones, and echo it, without secrets."""
        text = self._redact(line)
        if len(line) >= _MAX_LINE - 1:  # a secret at its end may be cut off
            text = text[: _MAX_LINE // 2]
        if text:
            self._lines.append(text)
        if text and self._echo:
            print(f"{self._config.server}: {text}", file=sys.stderr, flush=True)  # noqa: T201


def _reason(error: BaseException) -> str:
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    if isinstance(error, ValidationError):
        return "its answer does not follow the protocol"
    return str(error)
