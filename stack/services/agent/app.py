"""
An agent on a laptop as an A2A 1.0 server, over a language model and the tools that it is granted.

A call that needs a person's approval makes the task `input-required`: the caller answers with
"approve" or "reject". Each call is one line of JSON on stdout: its task, the decision, and who
decided. Tasks are kept in memory: a restart forgets them, and only the newest finished ones stay.
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

from stack.services.agent.authentication import BearerAuthentication, CallContexts
from stack.services.agent.executor import Executor
from stack.services.agent.idempotent import IdempotentHandler
from stack.services.agent.store import TaskStore
from stack.services.agent.toolbox import Toolbox
from stack.web.server import HOST, env, healthy
from stack.web.tokens import Tokens

PLATFORM = frozenset(("operator", "platform.orchestrator-agent", "platform.workflow-engine"))
"""Identities that may give work to the agents of any project."""
_HEARTBEAT, _RETRY = 30.0, 2.0
"""Seconds between two heartbeats or checks: of a ready agent, and of one that is not."""


class Agent:
    """An agent's identity, its readiness, and its heartbeats to the registry."""

    def __init__(self, identity: str, tokens: Tokens, toolbox: Toolbox | None) -> None:
        self.identity, self._tokens, self._toolbox = identity, tokens, toolbox

    @property
    def fault(self) -> str | None:
        """Why it is not ready; None: it is."""
        return self._toolbox.fault if self._toolbox else None

    async def ready(self, _: Request) -> Response:
        """GET /readyz: whether all its servers offer the tools that it is granted."""
        if self.fault:
            return JSONResponse({"status": "starting", "reason": self.fault}, 503)
        return JSONResponse({"status": "ok"})

    async def watch_servers(self) -> None:
        """List the servers' tools again and again, as a server can go away."""
        while self._toolbox:
            await self._toolbox.load()
            await asyncio.sleep(_RETRY if self._toolbox.fault else _HEARTBEAT)

    async def send_heartbeats(self) -> None:
        """Report the status to the registry for ever; an unreachable registry is ignored."""
        while True:
            await self.report("degraded" if self.fault else "active")
            await asyncio.sleep(_RETRY if self.fault else _HEARTBEAT)

    async def report(self, status: str) -> None:
        """Report a status to the registry once."""
        url = f"{env('REGISTRY_URL')}/agents/{self.identity}/status"
        with suppress(httpx.HTTPError, KeyError):
            headers = {"Authorization": f"Bearer {self._tokens.token(self.identity)}"}
            async with httpx.AsyncClient(timeout=5, trust_env=False) as client:
                await client.put(url, json={"status": status}, headers=headers)


def app(
    agent: Agent, executor: Executor, card: AgentCard, tokens: Tokens, project: str
) -> Starlette:
    """The service: A2A at `/` for callers that may give it work; card and health are public."""
    handler = IdempotentHandler(executor, TaskStore(), card)
    inner = Starlette(routes=create_jsonrpc_routes(handler, "/", context_builder=CallContexts()))

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        background = [asyncio.create_task(agent.watch_servers())]
        background += [asyncio.create_task(agent.send_heartbeats())] if project else []
        yield
        for task in background:
            task.cancel()
        if project:
            await agent.report("offline")

    routes: list[BaseRoute] = [Route("/healthz", healthy), Route("/readyz", agent.ready)]
    routes += create_agent_card_routes(card)

    def allowed(caller: str) -> bool:
        return caller in PLATFORM or caller.startswith(f"{project}.")

    protected = BearerAuthentication(inner, tokens, allowed)
    return Starlette(routes=[*routes, Mount("/", protected)], lifespan=lifespan)


def card(access: Mapping[str, Any], port: int) -> AgentCard:
    """The agent's card with its address on this machine; a minimal one if none was generated."""
    path = Path(access["card"] or "")
    if path.is_file():
        content = json.loads(path.read_text(encoding="utf-8"))
    else:
        content = {
            "name": access["displayName"],
            "description": access["purpose"],
            "version": "0",
            "capabilities": {},
            "defaultInputModes": ["text/plain"],
            "defaultOutputModes": ["text/plain", "application/json"],
            "skills": [],
        }
    interface = {"url": f"http://{HOST}:{port}/", "protocolBinding": "JSONRPC"}
    content["supportedInterfaces"] = [{**interface, "protocolVersion": "1.0"}]
    parsed: AgentCard = ParseDict(content, AgentCard())
    return parsed
