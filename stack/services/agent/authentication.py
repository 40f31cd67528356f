"""Authentication of an agent's callers by bearer token, and their identities for the A2A SDK."""

from __future__ import annotations

from collections.abc import Callable

from a2a.auth.user import User
from a2a.server.context import ServerCallContext
from a2a.server.routes import ServerCallContextBuilder
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from stack.web.tokens import UNKNOWN, Tokens


class BearerAuthentication:
    """Middleware for identities that may give the agent work: all others get 401 or 403."""

    def __init__(self, app: ASGIApp, tokens: Tokens, allowed: Callable[[str], bool]) -> None:
        self._app, self._tokens, self._allowed = app, tokens, allowed

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        identity = self._tokens.identity(Request(scope).headers.get("authorization"))
        if identity is None:
            challenge = {"WWW-Authenticate": "Bearer"}
            refusal = JSONResponse({"error": UNKNOWN}, 401, challenge)
            await refusal(scope, receive, send)
        elif not self._allowed(identity):
            refusal = JSONResponse({"error": f"{identity} may not give this agent work"}, 403)
            await refusal(scope, receive, send)
        else:
            scope["identity"] = identity
            await self._app(scope, receive, send)


class Caller(User):
    """An identity, which owns the tasks that it began."""

    def __init__(self, identity: str) -> None:
        self._identity = identity

    @property
    def is_authenticated(self) -> bool:
        return True

    @property
    def user_name(self) -> str:
        return self._identity


class CallContexts(ServerCallContextBuilder):
    """Gives the SDK the caller of a request: the store shows a task to its owner only."""

    def build(self, request: Request) -> ServerCallContext:
        caller = Caller(str(request.scope["identity"]))
        return ServerCallContext(user=caller, state={"headers": dict(request.headers)})
