"""
The workflow engine of a laptop: runs generated/workflows/ with LangGraph and the stack's agents.

HTTP: GET /workflows, /workflows/<project>/<name>/graph (Mermaid); GET /runs, /runs/<id>;
POST /workflows/<project>/<name>/runs {"input": ...}; POST /runs/<id>/answer with {"approve": true}
or false, and with "step" where several wait. Agents of a project, and the operator, start its runs,
known by bearer token; only the operator, who is a person, answers. Event-driven workflows are
started by events (engine_bus.py), and by such a call, whose input is the event.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiosqlite
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from stack.services.engine.bus import Bus, Reader
from stack.services.engine.graph import mermaid
from stack.services.engine.runs import LARGEST, Runs
from stack.web.json_body import body, parse
from stack.web.tokens import Tokens

_OPERATOR, SELF = "operator", "platform.workflow-engine"
Workflows = Mapping[tuple[str, str], Mapping[str, Any]]


class Engine:
    """The handlers. The runs, and the bus where events are read, are there once it has begun."""

    def __init__(self, workflows: Workflows, tokens: Tokens) -> None:
        self._workflows, self._tokens = workflows, tokens
        self.runs: Runs | None = None
        self.bus: Bus | None = None

    async def workflows(self, request: Request) -> Response:
        """What there is to run."""
        self._caller(request)
        found = [dict(one) for one in self._workflows.values()]
        return JSONResponse({"workflows": found})

    async def graph(self, request: Request) -> Response:
        """How the steps of a workflow follow each other, as a Mermaid flowchart."""
        return PlainTextResponse(mermaid(self._workflow(request)))

    async def start(self, request: Request) -> Response:
        """Start a run."""
        workflow, given = self._workflow(request), (await _object(request)).get("input")
        try:
            run = await self._all().start(workflow, given)
        except ValueError as error:
            raise HTTPException(400, f"the input: {error}") from None
        return JSONResponse({"run": run}, 202)

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
        run, caller = await self._run(request), self._caller(request)
        if caller != _OPERATOR:
            raise HTTPException(403, f"{caller} is no person")
        said = await _object(request)
        approve, step = said.get("approve"), said.get("step")
        if not isinstance(approve, bool):
            raise HTTPException(400, "approve is true or false")
        if run["state"] != "waiting":
            raise HTTPException(409, f"the run is {run['state']}, and waits for nobody")
        asked = [one for one in run["waits"] if step in (None, one["step"])]
        if len(asked) != 1:
            names = ", ".join(one["step"] for one in run["waits"])
            raise HTTPException(400, f"say with `step` which is answered: {names}")
        if not await self._all().answer(run, asked[0]["id"], approve=approve):
            raise HTTPException(409, "the run waits for nobody any more")
        return JSONResponse({"run": run["id"]}, 202)

    async def healthy(self, _: Request) -> Response:
        """Whether it lives."""
        return JSONResponse({"status": "ok", "workflows": len(self._workflows)})

    async def ready(self, request: Request) -> Response:
        """Whether runs can be started, by events too where a workflow waits for them."""
        if self.bus and (fault := await self.bus.fault()):
            return JSONResponse({"status": "event bus", "reason": fault}, 503)
        return await self.healthy(request)

    def _workflow(self, request: Request) -> Mapping[str, Any]:
        key = request.path_params["project"], request.path_params["name"]
        self._caller(request, key[0])
        if key not in self._workflows:
            raise HTTPException(404, "there is no such workflow")
        return self._workflows[key]

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
            raise HTTPException(403, f"{caller} has nothing to do with workflows of {project}")
        return caller

    def _all(self) -> Runs:
        assert self.runs is not None
        return self.runs


@dataclass(frozen=True, slots=True)
class Settings:
    """Where its database file, the stacks and the event bus are, and its own token."""

    state: Path
    stacks: Path
    redis: str | None
    token: str


def app(engine: Engine, readers: tuple[Reader, ...], settings: Settings) -> Starlette:
    """The service; `readers` wait for events of the bus at `settings.redis`."""

    @asynccontextmanager
    async def life(_: Starlette) -> AsyncIterator[None]:
        settings.state.parent.mkdir(parents=True, exist_ok=True)
        async with aiosqlite.connect(settings.state) as database:
            engine.runs = Runs(database, settings.stacks, settings.token)
            await engine.runs.open()
            async with _following(engine, engine.runs, readers, settings.redis):
                yield
            await engine.runs.close()

    return Starlette(
        routes=[
            Route("/healthz", engine.healthy),
            Route("/readyz", engine.ready),
            Route("/workflows", engine.workflows),
            Route("/workflows/{project}/{name}/graph", engine.graph),
            Route("/workflows/{project}/{name}/runs", engine.start, methods=["POST"]),
            Route("/runs", engine.list),
            Route("/runs/{run}", engine.get),
            Route("/runs/{run}/answer", engine.answer, methods=["POST"]),
        ],
        lifespan=life,
    )


@asynccontextmanager
async def _following(
    engine: Engine, runs: Runs, readers: tuple[Reader, ...], redis: str | None
) -> AsyncIterator[None]:
    """Read the event bus, where a workflow waits for events."""
    if not readers or redis is None:
        yield
        return
    engine.bus = Bus(redis, readers, runs)
    work = asyncio.create_task(engine.bus.follow())
    yield
    work.cancel()
    with suppress(asyncio.CancelledError):
        await work


def load(folder: Path) -> Workflows:
    """Every workflow by project and name. Raises OSError, ValueError, KeyError, TypeError."""
    found = [json.loads(path.read_text(encoding="utf-8")) for path in sorted(folder.glob("*.json"))]
    return {(one["project"], one["name"]): one for one in found}


def _may(caller: str, project: str) -> bool:
    return caller in (_OPERATOR, SELF) or caller.startswith(f"{project}.")


async def _object(request: Request) -> dict[str, Any]:
    try:
        found = parse(await body(request, LARGEST))
    except ValueError as error:
        raise HTTPException(400, str(error)) from None
    if not isinstance(found, dict):
        raise HTTPException(400, "the body is not a JSON object")
    return found
