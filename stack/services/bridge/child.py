"""The real MCP server as a child over stdio: started, heard, and ended with all that it started."""

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

STARTUP = 170.0  # seconds: the first start may fetch a package
_PAGES = 100
_LINE = 64 * 1024
_REMEMBERED = 3
_ENDED = "it has ended"
_FAREWELL = 1.0
# The child leads a process group of its own. A shell stays with it: it says how the program ended,
# ends what that left behind (npx and uvx start further processes), and, should the bridge itself
# be killed, ends the group within two seconds. POSIX only; no feature of Linux.
_GUARD = Path(__file__).with_name("guard.sh")


class _Raw(RootModel[dict[str, Any]]):
    """A result as it came."""


class Unavailable(Exception):  # noqa: N818 - an answer, not a fault
    """Why the real server cannot be asked."""


class Child:
    """One run of the real server; `run` lasts as long as it does."""

    def __init__(
        self, config: Program, environment: dict[str, str], blot: Callable[[str], str],
        *, aloud: bool = True,
    ) -> None:  # fmt: skip
        self.started, self.ended, self._finish = anyio.Event(), anyio.Event(), anyio.Event()
        self.stopped = False  # on purpose
        self.tools: list[dict[str, Any]] = []
        self.asked = self.calls = 0
        self.used = self.since = time.monotonic()
        self.failure = ""
        self._aloud = aloud
        self._config, self._environment, self._blot = config, environment, blot
        self._said: deque[str] = deque(maxlen=_REMEMBERED)
        self._client: Client | None = None

    async def run(self) -> None:
        """Start the server, list its tools, and keep it until `stop` or its end."""
        with anyio.CancelScope(deadline=anyio.current_time() + STARTUP) as scope:
            try:
                await self._serve(scope)
            except (ExceptionGroup, OSError) as error:
                self.failure = self._blot(_reason(error))
        if scope.cancelled_caught:
            self.failure = f"no answer within {STARTUP:.0f} s"
        if not self.stopped:
            told = filter(None, [self.failure, *await self._last_words()])
            self.failure = "; ".join(told) or _ENDED
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
        for _ in range(_PAGES):
            params = types.PaginatedRequestParams(cursor=cursor)
            page = await self._ask(types.ListToolsRequest(params=params))
            tools += page["tools"]
            cursor = page.get("nextCursor")
            if cursor is None:
                return tools
        raise Unavailable(f"its list of tools has more than {_PAGES} pages")

    async def call_tool(
        self, params: types.CallToolRequestParams, progress: ProgressFnT | None
    ) -> dict[str, Any]:
        """The server's own result. Raises MCPError (its own error) or Unavailable (it ended)."""
        return await self._ask(types.CallToolRequest(params=params), progress)

    async def _ask(
        self, request: types.ListToolsRequest | types.CallToolRequest,
        progress: ProgressFnT | None = None,
    ) -> dict[str, Any]:  # fmt: skip
        if self._client is None:
            raise Unavailable(self.failure or _ENDED)
        self.calls += 1
        try:
            session = self._client.session
            return (await session.send_request(request, _Raw, progress_callback=progress)).root
        except MCPError as error:
            if error.code == CONNECTION_CLOSED and await self._over():
                raise Unavailable(self.failure or _ENDED) from None
            raise
        except ValidationError:
            raise Unavailable("its answer is not what the protocol asks for") from None
        finally:
            self.calls -= 1
            self.used = time.monotonic()

    async def _over(self) -> bool:
        """Whether the program is gone: the same code may be an error of the server's own."""
        with anyio.move_on_after(_FAREWELL):
            await self.ended.wait()
        return self.ended.is_set()

    async def _last_words(self) -> list[str]:
        with anyio.move_on_after(_FAREWELL):
            await self._finish.wait()
        return list(self._said)

    async def _serve(self, scope: anyio.CancelScope) -> None:
        unwanted = get_default_environment().keys() - self._environment.keys()
        parameters = StdioServerParameters(
            command="/bin/sh",
            args=[str(_GUARD), str(os.getpid()), " ".join(sorted(unwanted)), *self._config.command],
            env=self._environment,
        )
        reading, writing = os.pipe()
        loop = asyncio.get_running_loop()
        Thread(target=self._listen, args=(reading, loop), daemon=True).start()
        with os.fdopen(writing, "w") as errors:
            transport = stdio_client(parameters, errlog=errors)
            async with Client(transport, cache=None) as client:
                errors.close()  # the child holds it now, and nobody else
                self._client = client
                self.tools = await self.list_tools()
                scope.deadline = math.inf
                self.started.set()
                await self._finish.wait()

    def _listen(self, reading: int, loop: asyncio.AbstractEventLoop) -> None:
        """Hear what the server writes to stderr; its end is the end of the whole group."""
        with os.fdopen(reading, encoding="utf-8", errors="replace") as lines:
            begins = True  # a line; of one that is too long, only the beginning is heard
            for line in iter(lambda: lines.readline(_LINE), ""):
                if begins:
                    self._hear(line.rstrip())
                begins = line.endswith("\n")
        with contextlib.suppress(RuntimeError):  # the loop is closed: nobody waits
            loop.call_soon_threadsafe(self._finish.set)

    def _hear(self, line: str) -> None:
        text = self._blot(line)
        if len(line) >= _LINE - 1:  # a secret may be cut off at its end
            text = text[: _LINE // 2]
        if text:
            self._said.append(text)
        if text and self._aloud:
            print(f"{self._config.server}: {text}", file=sys.stderr, flush=True)  # noqa: T201


def _reason(error: BaseException) -> str:
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    if isinstance(error, ValidationError):
        return "its answer is not what the protocol asks for"
    return str(error)
