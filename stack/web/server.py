"""How the stack's programs serve HTTP: on this machine only, and telling PM2 when they listen."""

from __future__ import annotations

import os
import re
import sys
from typing import NoReturn

import uvicorn
from starlette.applications import Starlette
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send

HOST = "127.0.0.1"
_LOCAL = re.compile(r"(https?://)?(127\.0\.0\.1|localhost|\[::1\])(:[0-9]{1,5})?")


def serve(app: Starlette, port: int) -> None:
    """Serve an app until SIGINT or SIGTERM. Requests for other hosts or of other origins get 403.

    A web page that a browser shows could reach a laptop's ports otherwise (DNS rebinding; MCP
    2025-06-18, Transports, Security Warning).
    """
    config = uvicorn.Config(
        _Local(app), host=HOST, port=port, log_level="warning", timeout_graceful_shutdown=3
    )
    _Server(config).run()


def env(name: str) -> str:
    """A variable that the program cannot do without."""
    return os.environ.get(name) or give_up(f"the environment variable {name} is not set")


def give_up(reason: str) -> NoReturn:
    """End with one line: the program cannot run here."""
    print(reason, file=sys.stderr, flush=True)  # noqa: T201 - this is what the program says
    sys.exit(2)


class _Local:
    """Lets through what was sent to this machine by this machine."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = dict(scope.get("headers", ()))
        places = [headers[key].decode("latin-1") for key in (b"host", b"origin") if key in headers]
        if scope["type"] == "http" and not all(map(_LOCAL.fullmatch, places)):
            refusal = JSONResponse({"error": "only for programs of this machine"}, 403)
            await refusal(scope, receive, send)
        else:
            await self._app(scope, receive, send)


class _Server(uvicorn.Server):
    """Tells PM2 (`wait_ready`) that it listens: PM2 reads JSON lines from the file it gave us."""

    async def startup(self, sockets: list[object] | None = None) -> None:  # type: ignore[override]
        await super().startup(sockets)  # type: ignore[arg-type]
        channel = os.environ.get("NODE_CHANNEL_FD", "")
        if self.started and channel.isdecimal():
            os.write(int(channel), b'"ready"\n')
