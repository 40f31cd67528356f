"""Who hands an agent work: known by bearer token, and known to its tasks by name."""

from __future__ import annotations

from collections.abc import Callable

from a2a.auth.user import User
from a2a.server.context import ServerCallContext
from a2a.server.routes import ServerCallContextBuilder
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from stack.web.tokens import Tokens


class Door:
    """Lets in identities that may hand work to this agent: others get 401 or 403."""

    def __init__(self, app: ASGIApp, tokens: Tokens, may: Callable[[str], bool]) -> None:
        self._app, self._tokens, self._may = app, tokens, may

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        identity = self._tokens.identity(Request(scope).headers.get("authorization"))
        if identity is None:
            challenge = {"WWW-Authenticate": "Bearer"}
            refusal = JSONResponse({"error": "the bearer token is nobody's"}, 401, challenge)
            await refusal(scope, receive, send)
        elif not self._may(identity):
            refusal = JSONResponse({"error": f"{identity} may hand it no work"}, 403)
            await refusal(scope, receive, send)
        else:
            scope["identity"] = identity
            await self._app(scope, receive, send)


class Caller(User):
    """An identity, to whom its tasks belong."""

    def __init__(self, identity: str) -> None:
        self._identity = identity

    @property
    def is_authenticated(self) -> bool:
        return True

    @property
    def user_name(self) -> str:
        return self._identity


class Callers(ServerCallContextBuilder):
    """Tells tasks who called: the store shows a task to nobody else."""

    def build(self, request: Request) -> ServerCallContext:
        caller = Caller(str(request.scope["identity"]))
        return ServerCallContext(user=caller, state={"headers": dict(request.headers)})
