"""
The agent registry: discovery, status and health of agents, by HTTP and as MCP tools at /mcp.

Its agents are those of REGISTRY_SEED, which Roster writes. They are not registered or removed at
run time: the specs decide which agents there are, so that POST /agents is refused. An agent (known
by its bearer token, ROSTER_TOKENS) sets its own status; after 90 s of silence it is offline.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Any

from anyio.to_thread import run_sync
from mcp.server import MCPServer
from mcp.server.mcpserver.exceptions import ToolError
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from stack.services.registry import local
from stack.services.registry.book import STATUSES, Agent, Book
from stack.web.json_body import json_object
from stack.web.server import healthy
from stack.web.tokens import UNKNOWN, Tokens

Encode = Callable[[Sequence[str]], list[list[float]]]
_MAX_BYTES = 16 * 1024
_MAX_RESULTS = 100
_NO_ENCODER = "search needs the encoder: install stack/embeddings-requirements.lock with --no-deps"
_SPECS = "agents are registered by the specs: add specs/agents/<agent>.yaml, and run roster"


class Registry:
    """The HTTP handlers over a book; `generated`: the folder of Roster's output."""

    def __init__(self, book: Book, generated: Path, tokens: Tokens, encode: Encode | None) -> None:
        self.book, self.encode = book, encode
        self._generated, self._tokens = generated, tokens
        self._discovered = 0

    def routes(self) -> list[Route]:
        """The routes of all handlers."""
        gets: dict[str, Callable[[Request], Awaitable[Response]]] = {
            "/healthz": healthy,
            "/readyz": self._ready,
            "/metrics": self._metrics,
            "/agents": self._agents,
            "/agents/{id}": self._agent,
            "/agents/{id}/health": self._health,
            "/agents/{id}/card": self._card,
            "/servers": self._servers,
            "/servers/{name}": self._server,
        }
        return [
            *(Route(path, handler) for path, handler in gets.items()),
            Route("/agents", self._register, methods=["POST"]),
            Route("/agents/{id}/status", self._status, methods=["PUT"]),
            Route("/search", self._search, methods=["POST"]),
        ]

    def discover(self, capabilities: Sequence[str], **equal: str | None) -> list[Agent]:
        """Find agents, and count the call for /metrics."""
        self._discovered += 1
        return self.book.discover(capabilities, **equal)

    async def nearest(self, text: str, limit: int) -> list[dict[str, Any]]:
        """Agents by the similarity of their purpose to a text. Raises ImportError: no encoder."""
        if self.encode is None:
            raise ImportError(_NO_ENCODER)
        [vector] = await run_sync(self.encode, [text])
        return self.book.nearest(vector, max(1, min(limit, _MAX_RESULTS)))

    async def _ready(self, _: Request) -> Response:
        count = len(self.book.agents())
        fault = self.book.fault
        state = {"status": "degraded", "reason": fault} if fault else {"status": "ok"}
        return JSONResponse(state | {"agents": count})

    async def _metrics(self, _: Request) -> Response:
        counts = Counter(agent["status"] for agent in self.book.agents().values())
        lines = [
            "# TYPE roster_agents gauge",
            *(f'roster_agents{{status="{status}"}} {counts[status]}' for status in STATUSES),
            "# TYPE roster_discover_calls_total counter",
            f"roster_discover_calls_total {self._discovered}",
        ]
        kind = "text/plain; version=0.0.4"
        return PlainTextResponse("\n".join(lines) + "\n", media_type=kind)

    async def _agents(self, request: Request) -> Response:
        query = request.query_params
        equal = {key: query.get(key) for key in ("project", "status", "server")}
        return JSONResponse({"agents": self.discover(query.getlist("capability"), **equal)})

    async def _agent(self, request: Request) -> Response:
        id = self._id(request)
        return JSONResponse(self.book.agents()[id]) if id else self._not_found(request)

    async def _health(self, request: Request) -> Response:
        id = self._id(request)
        if not id:
            return self._not_found(request)
        return JSONResponse(await local.health(self._generated, id))

    async def _card(self, request: Request) -> Response:
        id = self._id(request)
        if not id:
            return self._not_found(request)
        card = local.card(self._generated, id)
        return JSONResponse(card) if card else JSONResponse({"error": f"{id} has no card"}, 404)

    async def _servers(self, _: Request) -> Response:
        return JSONResponse({"mcpServers": list(self.book.servers().values())})

    async def _server(self, request: Request) -> Response:
        server = self.book.servers().get(request.path_params["name"])
        return JSONResponse(server or {"error": "no such MCP server"}, 200 if server else 404)

    async def _register(self, _: Request) -> Response:
        return JSONResponse({"error": _SPECS}, 403)

    async def _status(self, request: Request) -> Response:
        caller = self._tokens.identity(request.headers.get("authorization"))
        id = self._id(request)
        if caller is None:
            return JSONResponse({"error": UNKNOWN}, 401)
        if not id:
            return self._not_found(request)
        if caller != id:
            return JSONResponse({"error": f"{caller} may not set the status of {id}"}, 403)
        status = (await json_object(request, _MAX_BYTES)).get("status")
        if status not in STATUSES:
            return JSONResponse({"error": f"status is one of {', '.join(STATUSES)}"}, 400)
        return JSONResponse(self.book.beat(id, status))

    async def _search(self, request: Request) -> Response:
        body = await json_object(request, _MAX_BYTES)
        text, limit = body.get("text"), body.get("limit", 5)
        if not isinstance(text, str) or not isinstance(limit, int):
            return JSONResponse({"error": "text is a string, limit is a number"}, 400)
        try:
            return JSONResponse({"found": await self.nearest(text, limit)})
        except ImportError as error:
            return JSONResponse({"error": str(error)}, 501)

    def _id(self, request: Request) -> str | None:
        """The id in the path, if there is such an agent."""
        id: str = request.path_params["id"]
        return id if id in self.book.agents() else None

    def _not_found(self, request: Request) -> Response:
        similar = self.book.similar(request.path_params["id"])
        return JSONResponse({"error": "no such agent", "didYouMean": similar}, 404)


def tools(registry: Registry) -> MCPServer[Any]:
    """The registry as MCP tools; `search` only with an encoder."""
    server: MCPServer[Any] = MCPServer("registry", log_level="WARNING")

    @server.tool()
    def discover(capabilities: list[str] | str) -> dict[str, Any]:
        """Agents that have all of these capabilities."""
        wanted = [capabilities] if isinstance(capabilities, str) else capabilities
        return {"agents": registry.discover(wanted)}

    @server.tool()
    def get(agent: str) -> dict[str, Any]:
        """The registration of one agent, by its id (<project>.<agent>)."""
        registration = registry.book.agents().get(agent)
        if registration is None:
            raise ToolError(f"no such agent; similar: {', '.join(registry.book.similar(agent))}")
        return registration

    if registry.encode:

        @server.tool()
        async def search(text: str, limit: int = 5) -> dict[str, Any]:
            """Agents by the similarity of their purpose to a text, the most similar first."""
            return {"found": await registry.nearest(text, limit)}

    return server


def app(registry: Registry) -> Starlette:
    """The service: HTTP routes, and MCP at /mcp."""
    service = tools(registry).streamable_http_app(stateless_http=True, json_response=True)
    service.router.routes.extend(registry.routes())
    return service
