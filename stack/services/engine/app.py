"""
The workflow engine of a laptop: runs generated/workflows/ with LangGraph and the stack's agents.

HTTP: GET /workflows, /workflows/<project>/<name>/graph (Mermaid); GET /runs, /runs/<id>;
POST /workflows/<project>/<name>/runs {"input": ...}; POST /runs/<id>/answer with {"approve": true}
or false, and with "step" if several steps wait. Callers are known by bearer token: agents of a
project, and the operator, start its runs; only the operator, who is a person, answers. Events start
event-driven workflows (bus.py); such a call starts them too, with the event as input.
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
from stack.services.engine.runs import MAX_BYTES, Runs
from stack.web.json_body import json_object
from stack.web.tokens import UNKNOWN, Tokens

_OPERATOR, SELF = "operator", "platform.workflow-engine"
Workflows = Mapping[tuple[str, str], Mapping[str, Any]]


class Engine:
    """The HTTP handlers. `runs`, and `bus` if events start a workflow, are set at the start."""

    def __init__(self, workflows: Workflows, tokens: Tokens) -> None:
        self._workflows, self._tokens = workflows, tokens
        self.runs: Runs | None = None
        self.bus: Bus | None = None

    async def workflows(self, request: Request) -> Response:
        """GET /workflows: all workflows."""
        self._caller(request)
        return JSONResponse(
            {"workflows": [dict(workflow) for workflow in self._workflows.values()]}
        )

    async def graph(self, request: Request) -> Response:
        """GET .../graph: a workflow as a Mermaid flowchart."""
        return PlainTextResponse(mermaid(self._workflow(request)))

    async def start(self, request: Request) -> Response:
        """POST .../runs: start a run."""
        workflow = self._workflow(request)
        input = (await json_object(request, MAX_BYTES)).get("input")
        try:
            run = await self._open_runs().start(workflow, input)
        except ValueError as error:
            raise HTTPException(400, f"the input: {error}") from None
        return JSONResponse({"run": run}, 202)

    async def list(self, request: Request) -> Response:
        """GET /runs: all runs that the caller may see."""
        caller = self._caller(request)
        runs = [run for run in await self._open_runs().list() if _allowed(caller, run["project"])]
        return JSONResponse({"runs": runs})

    async def get(self, request: Request) -> Response:
        """GET /runs/<id>: one run."""
        return JSONResponse(await self._run(request))

    async def answer(self, request: Request) -> Response:
        """POST .../answer: a person's answer to a question of a run."""
        run, caller = await self._run(request), self._caller(request)
        if caller != _OPERATOR:
            raise HTTPException(403, f"{caller} is not a person")
        body = await json_object(request, MAX_BYTES)
        approve, step = body.get("approve"), body.get("step")
        if not isinstance(approve, bool):
            raise HTTPException(400, "approve is true or false")
        if run["state"] != "waiting":
            raise HTTPException(409, f"the run is {run['state']}, and not waiting")
        questions = [wait for wait in run["waits"] if step in (None, wait["step"])]
        if len(questions) != 1:
            names = ", ".join(wait["step"] for wait in run["waits"])
            raise HTTPException(400, f"`step` must be one of {names}")
        if not await self._open_runs().answer(run, questions[0]["id"], approve=approve):
            raise HTTPException(409, "the run is not waiting any more")
        return JSONResponse({"run": run["id"]}, 202)

    async def healthy(self, _: Request) -> Response:
        """GET /healthz: whether the engine runs."""
        return JSONResponse({"status": "ok", "workflows": len(self._workflows)})

    async def ready(self, request: Request) -> Response:
        """GET /readyz: whether runs can be started, also by events if they start a workflow."""
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
        run = await self._open_runs().get(request.path_params["run"])
        if run is None or not _allowed(caller, run["project"]):
            raise HTTPException(404, "there is no such run")
        return run

    def _caller(self, request: Request, project: str | None = None) -> str:
        caller = self._tokens.identity(request.headers.get("authorization"))
        if caller is None:
            raise HTTPException(401, UNKNOWN)
        if project is not None and not _allowed(caller, project):
            raise HTTPException(403, f"{caller} may not use workflows of {project}")
        return caller

    def _open_runs(self) -> Runs:
        assert self.runs is not None
        return self.runs


@dataclass(frozen=True, slots=True)
class Settings:
    """The engine's database file, the folder of stacks, the URL of Redis, and its own token."""

    state: Path
    stacks: Path
    redis: str | None
    token: str


def app(engine: Engine, readers: tuple[Reader, ...], settings: Settings) -> Starlette:
    """The service; `readers` wait for events of the bus at `settings.redis`."""

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        settings.state.parent.mkdir(parents=True, exist_ok=True)
        async with aiosqlite.connect(settings.state) as database:
            engine.runs = Runs(database, settings.stacks, settings.token)
            await engine.runs.open()
            async with _reading_events(engine, engine.runs, readers, settings.redis):
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
        lifespan=lifespan,
    )


@asynccontextmanager
async def _reading_events(
    engine: Engine, runs: Runs, readers: tuple[Reader, ...], redis: str | None
) -> AsyncIterator[None]:
    """Read the event bus, if events start a workflow."""
    if not readers or redis is None:
        yield
        return
    engine.bus = Bus(redis, readers, runs)
    reading = asyncio.create_task(engine.bus.follow())
    yield
    reading.cancel()
    with suppress(asyncio.CancelledError):
        await reading


def load(folder: Path) -> Workflows:
    """Every workflow by project and name. Raises OSError, ValueError, KeyError, TypeError."""
    files = sorted(folder.glob("*.json"))
    workflows = [json.loads(path.read_text(encoding="utf-8")) for path in files]
    return {(workflow["project"], workflow["name"]): workflow for workflow in workflows}


def _allowed(caller: str, project: str) -> bool:
    return caller in (_OPERATOR, SELF) or caller.startswith(f"{project}.")
