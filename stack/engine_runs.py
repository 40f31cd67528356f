"""Runs of workflows: queued, run by LangGraph with every step saved, waiting for people, resumed.

Checkpoints and runs are in one SQLite file (the specs' `store` is what clusters use). A step that
was under way when the engine died is sent to its agent again: at least once, never lost.
"""

from __future__ import annotations

import asyncio
import json
import uuid
from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import aiosqlite
from langgraph.checkpoint.sqlite.aio import AsyncSqliteSaver
from langgraph.types import Command

from stack import peers
from stack.engine_graph import State, Step, StepFailed, build
from stack.peers import Answer, Unreachable

_TABLE = """CREATE TABLE IF NOT EXISTS runs (
  id TEXT PRIMARY KEY, project TEXT NOT NULL, name TEXT NOT NULL, workflow TEXT NOT NULL,
  input TEXT NOT NULL, state TEXT NOT NULL, detail TEXT NOT NULL DEFAULT '{}')"""
UNFINISHED = ("queued", "running")


class Runs:
    """All runs. `open` before anything else."""

    def __init__(self, database: aiosqlite.Connection, stacks: Path, token: str) -> None:
        self._database, self._stacks, self._token = database, stacks, token
        self._saver = AsyncSqliteSaver(database)
        self._works: set[asyncio.Task[None]] = set()
        self._rooms: dict[str, asyncio.Semaphore] = {}
        self._asked: dict[tuple[str, str, int], Answer] = {}
        self._locks: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def open(self) -> None:
        """Make the tables, and go on with what was not finished."""
        await self._database.execute("PRAGMA journal_mode=WAL")
        await self._database.execute(_TABLE)
        await self._saver.setup()
        for run in await self.list():
            if run["state"] in UNFINISHED:
                self._work(run["id"], None)

    async def start(self, workflow: Mapping[str, Any], given: Any) -> str:
        """A new run; its id."""
        run = uuid.uuid4().hex
        row = (run, workflow["project"], workflow["name"], json.dumps(workflow), json.dumps(given))
        await self._database.execute(
            "INSERT INTO runs (id, project, name, workflow, input, state)"
            " VALUES (?, ?, ?, ?, ?, 'queued')",
            row,
        )
        await self._database.commit()
        self._work(run, None)
        return run

    async def answer(self, run: str, *, approve: bool) -> None:
        """Go on with a run that waits for a person."""
        await self._set(run, "running", {})
        self._work(run, Command(resume=approve))

    async def get(self, run: str) -> dict[str, Any] | None:
        """A run as it stands."""
        return next((one for one in await self.list() if one["id"] == run), None)

    async def list(self) -> list[dict[str, Any]]:
        """All runs, the oldest first."""
        query = "SELECT id, project, name, state, detail FROM runs ORDER BY rowid"
        async with self._database.execute(query) as rows:
            return [
                {"id": i, "project": p, "workflow": n, "state": s, **json.loads(d)}
                async for i, p, n, s, d in rows
            ]

    def _work(self, run: str, command: Command[Any] | None) -> None:
        work = asyncio.create_task(self._run(run, command))
        self._works.add(work)
        work.add_done_callback(self._works.discard)

    async def _run(self, run: str, command: Command[Any] | None) -> None:
        query = "SELECT workflow, input FROM runs WHERE id = ?"
        async with self._locks[run], self._database.execute(query, (run,)) as rows:
            found = await rows.fetchone()
            assert found is not None, run
            workflow, given = json.loads(found[0]), json.loads(found[1])
            key = f"{workflow['project']}/{workflow['name']}"
            room = self._rooms.setdefault(key, asyncio.Semaphore(workflow["concurrency"]))
            async with room:
                await self._go(run, workflow, given, command)

    async def _go(
        self, run: str, workflow: Mapping[str, Any], given: Any, command: Command[Any] | None
    ) -> None:
        """Run until the end, or a question; whatever goes wrong is the run's state."""
        await self._set(run, "running", {})

        async def ask(step: Step, state: State, said: bool | None) -> Answer:
            return await self._ask(run, workflow, step, state, said)

        graph = build(workflow, ask).compile(checkpointer=self._saver)
        config: Any = {"configurable": {"thread_id": run}, "recursion_limit": 200}
        try:
            async with asyncio.timeout(workflow["timeout"]):
                known = await graph.aget_state(config)
                begin: Any = command or (None if known.values else {"input": given, "results": {}})
                out = await graph.ainvoke(begin, config, durability="sync")
        except TimeoutError:
            await self._set(run, "timed-out", {"reason": "the workflow's time is over"})
        except (StepFailed, Unreachable) as error:
            await self._set(run, "failed", {"reason": str(error)})
        else:
            questions = [one.value for one in out.get("__interrupt__", ())]
            results = {"results": out.get("results", {})}
            if questions:
                await self._set(run, "waiting", {"waits": questions, **results})
            else:
                await self._set(run, "rejected" if out.get("rejected") else "done", results)

    async def _ask(
        self, run: str, workflow: Mapping[str, Any], step: Step, state: State, said: bool | None
    ) -> Answer:
        """Send a step to its agent once, and what a person said to the task that asked."""
        key = run, str(step["name"]), int(state.get("round", 0))
        known = self._asked.get(key)
        if said is None and known is not None:
            return known
        url = peers.address(self._stacks, workflow["project"], step["agent"])
        content: Any = {"task": state["input"], "step": step["name"], "results": state["results"]}
        if said is not None:
            content = "approve" if said else "reject"
        try:
            self._asked[key] = await peers.send(
                url, self._token, content, seconds=step["timeout"],
                task=known.task if known and said is not None else None,
                message="-".join(map(str, (*key, said))),
            )  # fmt: skip
        except TimeoutError as error:
            raise StepFailed(f"{step['name']}: {error}") from None
        return self._asked[key]

    async def _set(self, run: str, state: str, detail: Mapping[str, Any]) -> None:
        row = state, json.dumps(detail), run
        await self._database.execute("UPDATE runs SET state = ?, detail = ? WHERE id = ?", row)
        await self._database.commit()
