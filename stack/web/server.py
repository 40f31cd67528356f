"""Serve HTTP to programs of this machine only, and report to PM2 when the server listens."""

from __future__ import annotations

import os
import re
import sys
from typing import NoReturn

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

HOST = "127.0.0.1"
_LOCAL = re.compile(r"(https?://)?(127\.0\.0\.1|localhost|\[::1\])(:[0-9]{1,5})?")


def serve(app: Starlette, port: int) -> None:
    """Serve an app until SIGINT or SIGTERM. Requests for other hosts or from other origins get 403.

    Otherwise a web page in a browser could reach the ports (DNS rebinding; MCP 2025-06-18,
    Transports, Security Warning).
    """
    config = uvicorn.Config(
        _LocalOnly(app), host=HOST, port=port, log_level="warning", timeout_graceful_shutdown=3
    )
    _Server(config).run()


async def healthy(_: Request) -> Response:
    """GET /healthz: the program runs."""
    return JSONResponse({"status": "ok"})


def env(name: str) -> str:
    """The value of a required variable; ends the program if it is not set."""
    return os.environ.get(name) or fail(f"the environment variable {name} is not set")


def fail(reason: str) -> NoReturn:
    """End the program with a line on stderr and exit code 2."""
    print(reason, file=sys.stderr, flush=True)  # noqa: T201 - output of the program
    sys.exit(2)


class _LocalOnly:
    """Middleware that refuses requests for another host, or from a page of another origin."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = dict(scope.get("headers", ()))
        hosts = [headers[key].decode("latin-1") for key in (b"host", b"origin") if key in headers]
        if scope["type"] == "http" and not all(map(_LOCAL.fullmatch, hosts)):
            refusal = JSONResponse({"error": "only for programs of this machine"}, 403)
            await refusal(scope, receive, send)
        else:
            await self._app(scope, receive, send)


class _Server(uvicorn.Server):
    """Reports to PM2 (`wait_ready`) that it listens: a JSON line to the file that PM2 opened."""

    async def startup(self, sockets: list[object] | None = None) -> None:  # type: ignore[override]
        await super().startup(sockets)  # type: ignore[arg-type]
        channel = os.environ.get("NODE_CHANNEL_FD", "")
        if self.started and channel.isdecimal():
            os.write(int(channel), b'"ready"\n')
