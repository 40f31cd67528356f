"""
An agent of a project on a laptop: an A2A 1.0 server over a language model and its granted tools.

What it may do is in ACCESS, its servers are in MCP_CONFIG, and the bridges of these refuse what it
is not granted. Calls for which a person is to be asked make the task `input-required`: the caller
answers it with "approve" or "reject". Each call is one line of JSON on stdout: of which task, what
was decided, and by whom. Tasks are kept in memory: a restart forgets them, and of those that have
finished only the newest stay. Without AGENT_PROJECT it is the platform's orchestrator, which hands
tasks to whoever has a capability.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import httpx
from a2a.server.routes import create_agent_card_routes, create_jsonrpc_routes
from a2a.types import AgentCard
from google.protobuf.json_format import ParseDict
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Mount, Route

from stack.services.agent.authentication import Callers, Door
from stack.services.agent.executor import Executor
from stack.services.agent.idempotent import Once
from stack.services.agent.store import Store
from stack.services.agent.toolbox import Toolbox
from stack.web.server import HOST, env
from stack.web.tokens import Tokens

PLATFORM = frozenset(("operator", "platform.orchestrator-agent", "platform.workflow-engine"))
"""Who may hand work to the agents of any project."""
_BEAT, _LOOK = 30.0, 2.0


class Agent:
    """An agent's identity, what it is ready for, and what it tells the registry."""

    def __init__(self, identity: str, tokens: Tokens, toolbox: Toolbox | None) -> None:
        self.identity, self._tokens, self._toolbox = identity, tokens, toolbox

    @property
    def fault(self) -> str | None:
        """Why it is not ready."""
        return self._toolbox.fault if self._toolbox else None

    async def ready(self, _: Request) -> Response:
        """Whether all its servers offer what it is granted."""
        if self.fault:
            return JSONResponse({"status": "starting", "reason": self.fault}, 503)
        return JSONResponse({"status": "ok"})

    async def look(self) -> None:
        """Ask the servers, again and again: one that was there can be lost."""
        while self._toolbox:
            await self._toolbox.load()
            await asyncio.sleep(_LOOK if self._toolbox.fault else _BEAT)

    async def beat(self) -> None:
        """Tell the registry how it is, for ever; a registry that is away stops nothing."""
        while True:
            await self.tell("degraded" if self.fault else "active")
            await asyncio.sleep(_LOOK if self.fault else _BEAT)

    async def tell(self, status: str) -> None:
        """Tell the registry once."""
        url = f"{env('REGISTRY_URL')}/agents/{self.identity}/status"
        with suppress(httpx.HTTPError, KeyError):
            headers = {"Authorization": f"Bearer {self._tokens.token(self.identity)}"}
            async with httpx.AsyncClient(timeout=5, trust_env=False) as client:
                await client.put(url, json={"status": status}, headers=headers)


def app(
    agent: Agent, executor: Executor, card: AgentCard, tokens: Tokens, project: str
) -> Starlette:
    """The service: A2A at `/` for who may hand it work, its card and health for everybody."""
    handler = Once(executor, Store(), card)
    inner = Starlette(routes=create_jsonrpc_routes(handler, "/", context_builder=Callers()))

    @asynccontextmanager
    async def life(_: Starlette) -> AsyncIterator[None]:
        works = [asyncio.create_task(agent.look())]
        works += [asyncio.create_task(agent.beat())] if project else []
        yield
        for work in works:
            work.cancel()
        if project:
            await agent.tell("offline")

    async def healthy(_: Request) -> Response:
        return JSONResponse({"status": "ok"})

    routes: list[BaseRoute] = [Route("/healthz", healthy), Route("/readyz", agent.ready)]
    routes += create_agent_card_routes(card)
    door = Door(inner, tokens, lambda who: who in PLATFORM or who.startswith(f"{project}."))
    return Starlette(routes=[*routes, Mount("/", door)], lifespan=life)


def card(access: Mapping[str, Any], port: int) -> AgentCard:
    """Its card with the address on this machine; a short one where none was generated."""
    path = Path(access["card"] or "")
    if path.is_file():
        found = json.loads(path.read_text(encoding="utf-8"))
    else:
        found = {
            "name": access["displayName"],
            "description": access["purpose"],
            "version": "0",
            "capabilities": {},
            "defaultInputModes": ["text/plain"],
            "defaultOutputModes": ["text/plain", "application/json"],
            "skills": [],
        }
    interface = {"url": f"http://{HOST}:{port}/", "protocolBinding": "JSONRPC"}
    found["supportedInterfaces"] = [{**interface, "protocolVersion": "1.0"}]
    parsed: AgentCard = ParseDict(found, AgentCard())
    return parsed
