"""
The workflow engine of a laptop: runs generated/workflows/ with LangGraph and the stack's agents.

HTTP: GET /workflows; POST /workflows/<project>/<name>/runs {"input": ...}; GET /runs, /runs/<id>;
POST /runs/<id>/answer {"approve": true|false}. Agents of a project, and the operator, start and
answer its runs, known by bearer token. Event-driven workflows are started by such a call, whose
input is the event; the engine does not read the event bus itself.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiosqlite
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from stack.engine_runs import Runs
from stack.json_body import body, parse
from stack.service import env, give_up, serve
from stack.tokens import Tokens

_LARGEST = 256 * 1024
_OPERATOR, _SELF = "operator", "platform.workflow-engine"
Workflows = Mapping[tuple[str, str], Mapping[str, Any]]


class Engine:
    """The handlers. The runs are there once the service has begun."""

    def __init__(self, workflows: Workflows, tokens: Tokens) -> None:
        self._workflows, self._tokens = workflows, tokens
        self.runs: Runs | None = None

    async def workflows(self, request: Request) -> Response:
        """What there is to run."""
        self._caller(request)
        found = [dict(one) for one in self._workflows.values()]
        return JSONResponse({"workflows": found})

    async def start(self, request: Request) -> Response:
        """Start a run."""
        key = request.path_params["project"], request.path_params["name"]
        workflow = self._workflows.get(key)
        self._caller(request, key[0])
        if workflow is None:
            raise HTTPException(404, "there is no such workflow")
        given = (await _object(request)).get("input")
        return JSONResponse({"run": await self._all().start(workflow, given)}, 202)

    async def list(self, request: Request) -> Response:
        """All runs that the caller may see."""
        caller = self._caller(request)
        found = [run for run in await self._all().list() if _may(caller, run["project"])]
        return JSONResponse({"runs": found})

    async def get(self, request: Request) -> Response:
        """One run."""
        return JSONResponse(await self._run(request))

    async def answer(self, request: Request) -> Response:
        """What a person says to what a run asks."""
        run = await self._run(request)
        approve = (await _object(request)).get("approve")
        if not isinstance(approve, bool):
            raise HTTPException(400, "approve is true or false")
        if run["state"] != "waiting":
            raise HTTPException(409, f"the run is {run['state']}, and waits for nobody")
        await self._all().answer(run["id"], approve=approve)
        return JSONResponse({"run": run["id"]}, 202)

    async def healthy(self, _: Request) -> Response:
        """Whether it can serve."""
        return JSONResponse({"status": "ok", "workflows": len(self._workflows)})

    async def _run(self, request: Request) -> dict[str, Any]:
        caller = self._caller(request)
        run = await self._all().get(request.path_params["run"])
        if run is None or not _may(caller, run["project"]):
            raise HTTPException(404, "there is no such run")
        return run

    def _caller(self, request: Request, project: str | None = None) -> str:
        caller = self._tokens.identity(request.headers.get("authorization"))
        if caller is None:
            raise HTTPException(401, "the bearer token is nobody's")
        if project is not None and not _may(caller, project):
            raise HTTPException(403, f"{caller} may not run workflows of {project}")
        return caller

    def _all(self) -> Runs:
        assert self.runs is not None
        return self.runs


def app(engine: Engine, state: Path, stacks: Path, token: str) -> Starlette:
    """The service over a database file."""

    @asynccontextmanager
    async def life(_: Starlette) -> AsyncIterator[None]:
        state.parent.mkdir(parents=True, exist_ok=True)
        async with aiosqlite.connect(state) as database:
            engine.runs = Runs(database, stacks, token)
            await engine.runs.open()
            yield

    return Starlette(
        routes=[
            Route("/healthz", engine.healthy),
            Route("/readyz", engine.healthy),
            Route("/workflows", engine.workflows),
            Route("/workflows/{project}/{name}/runs", engine.start, methods=["POST"]),
            Route("/runs", engine.list),
            Route("/runs/{run}", engine.get),
            Route("/runs/{run}/answer", engine.answer, methods=["POST"]),
        ],
        lifespan=life,
    )


def load(folder: Path) -> Workflows:
    """Every workflow by project and name. Raises OSError, ValueError, KeyError, TypeError."""
    found = [json.loads(path.read_text(encoding="utf-8")) for path in sorted(folder.glob("*.json"))]
    return {(one["project"], one["name"]): one for one in found}


def _may(caller: str, project: str) -> bool:
    return caller in (_OPERATOR, _SELF) or caller.startswith(f"{project}.")


async def _object(request: Request) -> dict[str, Any]:
    try:
        found = parse(await body(request, _LARGEST))
    except ValueError as error:
        raise HTTPException(400, str(error)) from None
    if not isinstance(found, dict):
        raise HTTPException(400, "the body is not a JSON object")
    return found


def main() -> None:
    """Serve on PORT until a signal."""
    tokens, folder = Tokens(env("ROSTER_TOKENS")), Path(env("WORKFLOWS"))
    try:
        engine, token = Engine(load(folder), tokens), tokens.token(_SELF)
    except (OSError, ValueError, KeyError, TypeError) as error:
        give_up(f"{folder}: {type(error).__name__}: {error}")
    served = app(engine, Path(env("ENGINE_STATE")), Path(env("STACKS")), token)
    serve(served, int(env("PORT")))


if __name__ == "__main__":
    main()
