"""
One stdio MCP server as Streamable HTTP, for exactly the agents that are granted its tools.

A caller is known by its bearer token (ROSTER_TOKENS). Only tools/list and tools/call are served:
prompts, resources, sampling and the like are not forwarded, in either direction. Each decision is
one line of JSON on stdout, without the arguments and the result.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import AsyncIterator, Callable
from typing import Any

import anyio
import mcp_types as types
from mcp import MCPError
from mcp.server.auth.middleware.bearer_auth import AuthenticatedUser
from mcp.server.auth.provider import AccessToken
from mcp.server.caching import CacheHint
from mcp.server.context import ServerRequestContext
from mcp.server.lowlevel import Server
from mcp.server.streamable_http_manager import StreamableHTTPSessionManager
from mcp_types import INVALID_PARAMS
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from stack.services.bridge.child import Child, UnavailableError
from stack.services.bridge.config import Config
from stack.services.bridge.pool import IDLE, Pool
from stack.web.log import log, now
from stack.web.server import healthy
from stack.web.tokens import UNKNOWN, Tokens

CALL_TIMEOUT = 600.0  # seconds
_MAX_SESSIONS = 1000
_MAX_LOGGED = 100  # characters of an unknown tool's name
_COMPLETE = {"resultType": "complete"}  # required by 2026-07-28, and missing in older servers'
_ENVELOPE = "io.modelcontextprotocol/"
Context = ServerRequestContext[Any, Request]


class BearerAuthentication:
    """Middleware for agents with a token and a grant; the SDK ties a session to this user."""

    def __init__(
        self, manager: StreamableHTTPSessionManager, config: Config, tokens: Tokens
    ) -> None:
        self._manager, self._config, self._tokens = manager, config, tokens

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one HTTP request (ASGI)."""
        identity = self._tokens.identity(Request(scope).headers.get("authorization"))
        if identity in self._config.tools:
            token = AccessToken(token="", client_id=identity, scopes=[])
            scope["user"] = AuthenticatedUser(token)
            await self._manager.handle_request(scope, receive, send)
            return
        _log(self._config.server, identity, None, "refused")
        await _refusal(identity)(scope, receive, send)


class GrantedTools:
    """The two methods of MCP that are served, restricted to the caller's granted tools."""

    def __init__(self, config: Config, pool: Pool) -> None:
        self._config, self._pool = config, pool

    async def list_tools(self, context: Context, _: types.PaginatedRequestParams) -> dict[str, Any]:
        """The granted tools, described as the real server describes them."""
        identity = _identity(context)
        granted = self._config.tools[identity]
        try:
            tools = await (await self._pool.child(identity)).list_tools()
        except UnavailableError as error:
            raise MCPError(types.INTERNAL_ERROR, self._unavailable(error)) from None
        return _COMPLETE | {"tools": [tool for tool in tools if tool.get("name") in granted]}

    async def call_tool(
        self, context: Context, params: types.CallToolRequestParams
    ) -> dict[str, Any]:
        """The real server's result; a tool that is not granted gets the error of an unknown one."""
        identity, began = _identity(context), time.monotonic()
        if params.name not in self._config.tools[identity]:
            _log(self._config.server, identity, params.name, "refused")
            raise MCPError(INVALID_PARAMS, f"Unknown tool: {params.name}")
        failed = True
        try:
            result = await self._forward(identity, context, params)
            failed = bool(result.get("isError"))
        finally:
            _log(self._config.server, identity, params.name, "allowed", began, failed=failed)
        return result

    async def _forward(
        self, identity: str, context: Context, params: types.CallToolRequestParams
    ) -> dict[str, Any]:
        try:
            with anyio.fail_after(CALL_TIMEOUT):
                child = await self._pool.child(identity)
                result = await child.call_tool(_plain(params), context.session.report_progress)
        except UnavailableError as error:
            return _error(self._unavailable(error))
        except TimeoutError:
            return _error(f"{self._config.server} gave no answer within {CALL_TIMEOUT:.0f} s")
        if result.get("resultType") == "input_required":
            return _error(
                f"{self._config.server} asks for input, which the bridge does not forward"
            )
        return _COMPLETE | result

    def _unavailable(self, error: UnavailableError) -> str:
        return f"{self._config.server} is not available: {error}"


def app(
    config: Config, make: Callable[[str], Child], tokens: Tokens, idle: float = IDLE
) -> Starlette:
    """The bridge of one server; `make` and `idle` as in Pool."""
    pool = Pool(config, make, idle)
    granted = GrantedTools(config, pool)
    # A list of one agent's tools must not be cached for another.
    hints = CacheHint(ttl_ms=0, scope="private")
    server: Server[Any] = Server(config.server, cache_hints={"tools/list": hints})
    server.add_request_handler("tools/list", types.PaginatedRequestParams, granted.list_tools)
    server.add_request_handler("tools/call", types.CallToolRequestParams, granted.call_tool)
    manager = StreamableHTTPSessionManager(server, max_sessions=_MAX_SESSIONS)

    @contextlib.asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        async with manager.run(), anyio.create_task_group() as tasks:
            tasks.start_soon(pool.run)
            yield
            tasks.cancel_scope.cancel()

    async def ready(_: Request) -> Response:
        return _readiness(pool)

    routes = [
        Route("/healthz", healthy),
        Route("/readyz", ready),
        Route(config.path, BearerAuthentication(manager, config, tokens)),
    ]
    return Starlette(routes=routes, lifespan=lifespan)


def _readiness(pool: Pool) -> Response:
    """503 if no agent can use the server; the failures of single agents' own are only listed."""
    faults = {
        agent: {"status": status, "reason": reason}
        for agent, (status, reason) in sorted(pool.faults.items())
    }
    agents = {"agents": faults} if faults else {}
    if pool.problem is None:
        return JSONResponse({"status": "ok", **agents})
    status, reason = pool.problem
    return JSONResponse({"status": status, "reason": reason, **agents}, 503)


def _refusal(identity: str | None) -> Response:
    if identity is None:
        headers = {"WWW-Authenticate": 'Bearer realm="roster"'}
        return JSONResponse({"error": UNKNOWN}, 401, headers)
    return JSONResponse({"error": f"{identity} has no grant on this server"}, 403)


def _identity(context: Context) -> str:
    assert context.request is not None  # Streamable HTTP always has one
    return str(context.request.user.display_name)


def _plain(params: types.CallToolRequestParams) -> types.CallToolRequestParams:
    """A call without the fields that concern the connection from the caller to the bridge."""
    meta = {
        key: value
        for key, value in (params.meta or {}).items()
        if key not in ("progressToken", "progress_token") and not key.startswith(_ENVELOPE)
    }
    fields = {"name": params.name, "arguments": params.arguments, "_meta": meta or None}
    return types.CallToolRequestParams.model_validate(fields)


def _error(text: str) -> dict[str, Any]:
    return _COMPLETE | {"content": [{"type": "text", "text": text}], "isError": True}


def _log(
    server: str, identity: str | None, tool: str | None, decision: str,
    began: float | None = None, *, failed: bool | None = None,
) -> None:  # fmt: skip
    entry = {
        "time": now(),
        "identity": identity,
        "server": server,
        "tool": tool and tool[:_MAX_LOGGED],
        "decision": decision,
        "ms": None if began is None else round(1000 * (time.monotonic() - began), 1),
        "isError": failed,
    }
    log(entry)
