"""
The context API: the shared memory of agents, by HTTP and as MCP tools at /mcp.

An agent is known by its bearer token (ROSTER_TOKENS); its permissions are in CONTEXT_SPACES; values
are in Redis (REDIS_URL). There is no DELETE: a value expires by its space's time to live.
"""

from __future__ import annotations

import json
import re
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import Any

from mcp.server import MCPServer
from mcp.server.mcpserver import Context
from mcp.server.mcpserver.exceptions import ToolError
from redis.exceptions import RedisError
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from stack.services.context.spaces import MAX_BYTES, Memory, Refusal
from stack.services.context.store import ABSENT, Store
from stack.web.json_body import body, parse
from stack.web.server import healthy
from stack.web.tokens import UNKNOWN, Tokens

_VERSION = re.compile(r'"?([0-9]{1,15})"?')
Handler = Callable[[Request], Awaitable[Response]]


def app(memory: Memory, store: Store, tokens: Tokens) -> Starlette:
    """The service over a memory; /readyz checks the store."""
    service = _tools(memory, tokens).streamable_http_app(stateless_http=True, json_response=True)
    service.router.routes.extend(
        [
            Route("/healthz", healthy),
            Route("/readyz", _ready(store)),
            Route("/spaces", _spaces(memory, tokens)),
            Route("/spaces/{space}/{key:path}", _get(memory, tokens), methods=["GET"]),
            Route("/spaces/{space}/{key:path}", _put(memory, tokens), methods=["PUT"]),
        ]
    )
    return service


def _ready(store: Store) -> Handler:
    async def ready(_: Request) -> Response:
        try:
            await store.ready()
        except RedisError as error:
            return JSONResponse({"status": "store", "reason": type(error).__name__}, 503)
        return JSONResponse({"status": "ok"})

    return ready


def _spaces(memory: Memory, tokens: Tokens) -> Handler:
    @_refusals_as_json
    async def spaces(request: Request) -> Response:
        return JSONResponse({"spaces": memory.spaces(_identity(request, tokens))})

    return spaces


def _get(memory: Memory, tokens: Tokens) -> Handler:
    @_refusals_as_json
    async def get(request: Request) -> Response:
        entry = await memory.get(_identity(request, tokens), **request.path_params)
        return JSONResponse(entry, headers={"ETag": f'"{entry["version"]}"'})

    return get


def _put(memory: Memory, tokens: Tokens) -> Handler:
    @_refusals_as_json
    async def put(request: Request) -> Response:
        identity, expected = _identity(request, tokens), _expected(request)
        if identity is None:
            raise Refusal(401, UNKNOWN)
        try:
            value = parse(await body(request, MAX_BYTES))
        except ValueError as error:
            raise Refusal(400, f"the value: {error}") from None
        path = request.path_params
        stored = await memory.put(identity, path["space"], path["key"], value, expected)
        return JSONResponse(stored, headers={"ETag": f'"{stored["version"]}"'})

    return put


def _refusals_as_json(handler: Handler) -> Handler:
    async def answered(request: Request) -> Response:
        try:
            if "\n" in request.scope["path"]:  # the router drops one at the end of a key
                raise Refusal(400, "a path has no line breaks")
            return await handler(request)
        except Refusal as refusal:
            return JSONResponse(refusal.answer, refusal.status)

    return answered


def _identity(request: Request, tokens: Tokens) -> str | None:
    return tokens.identity(request.headers.get("authorization"))


def _expected(request: Request) -> int | None:
    """The version that a request replaces (RFC 9110, If-Match and If-None-Match); None: any."""
    if request.headers.get("if-none-match") == "*":
        return ABSENT
    header = request.headers.get("if-match")
    if header is None:
        return None
    match = _VERSION.fullmatch(header)
    if not match:
        raise Refusal(400, 'If-Match is a version, such as "3"')
    return int(match[1])


def _tools(memory: Memory, tokens: Tokens) -> MCPServer[Any]:
    """The same as MCP tools. Here the SDK parses the JSON, and accepts duplicate keys."""
    server: MCPServer[Any] = MCPServer("context", log_level="WARNING")

    def caller(context: Context[Any, Any]) -> str | None:
        return tokens.identity((context.headers or {}).get("authorization"))

    @server.tool()
    async def list_spaces(context: Context[Any, Any]) -> dict[str, Any]:
        """The spaces of shared memory that you may use, and how."""
        with _refusals_as_tool_errors():
            return {"spaces": memory.spaces(caller(context))}

    @server.tool()
    async def get_context(space: str, key: str, context: Context[Any, Any]) -> dict[str, Any]:
        """The value under a key of a space, with its owner and version."""
        with _refusals_as_tool_errors():
            return await memory.get(caller(context), space, key)

    @server.tool()
    async def put_context(
        space: str,
        key: str,
        value: Any,
        context: Context[Any, Any],
        expected_version: int | None = None,
    ) -> dict[str, Any]:
        """Store a JSON value. expected_version: what you read (0: the key is new)."""
        if expected_version is not None and expected_version < ABSENT:
            raise ToolError("expected_version is 0 or more")
        with _refusals_as_tool_errors():
            return await memory.put(caller(context), space, key, value, expected_version)

    return server


@contextmanager
def _refusals_as_tool_errors() -> Iterator[None]:
    """Turn a Refusal into a ToolError."""
    try:
        yield
    except Refusal as refusal:
        raise ToolError(json.dumps(refusal.answer)) from None
