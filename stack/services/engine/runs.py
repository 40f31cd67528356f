"""Runs of workflows: queued, run by LangGraph with every step saved, waiting for people, resumed.

Checkpoints and runs are in one SQLite file (clusters use the `store` of the specs). A step that was
running when the engine died is sent to its agent again, as the same A2A message: an agent that
still runs answers with the task that it has, and the work is not done twice.
"""

from __future__ import annotations

import asyncio
import sys
import time
import traceback
import uuid
from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import aiosqlite
from langgraph.checkpoint.sqlite.aio import AsyncSqliteSaver
from langgraph.types import Command

from stack.services.engine.graph import State, Step, StepError, build
from stack.services.engine.store import Store, Turn
from stack.web import a2a
from stack.web.a2a import AgentError, Answer, NotListeningError
from stack.web.json_body import dump

MAX_BYTES = 256 * 1024
"""Of an input, as JSON."""
UNFINISHED = ("queued", "running")
_MAX_ENDED = 1000
"""Ended runs that are kept, by whose ids repeated events are recognised."""
_START_TIMEOUT, _PAUSE = 30.0, 0.5
"""Seconds to wait for an agent that does not listen, as it may be starting; between two tries."""
Workflow = Mapping[str, Any]


class Runs:
    """All runs. Call `open` before anything else, and `close` at the end."""

    def __init__(self, database: aiosqlite.Connection, stacks: Path, token: str) -> None:
        self._store, self._stacks, self._token = Store(database), stacks, token
        self._saver = AsyncSqliteSaver(database)
        self._tasks: defaultdict[str, set[asyncio.Task[None]]] = defaultdict(set)
        self._limits: dict[str, asyncio.Semaphore] = {}
        self._locks: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self.get, self.list = self._store.get, self._store.list

    async def open(self) -> None:
        """Create the tables, delete the oldest ended runs, and continue unfinished runs."""
        await self._store.open()
        await self._saver.setup()
        for old in await self._store.old(_MAX_ENDED):
            await self._saver.adelete_thread(old)
            await self._store.forget(old)
        for run in await self.list():
            if run["state"] in UNFINISHED:
                self._start(f"{run['project']}/{run['workflow']}", run["id"], None)

    async def close(self) -> None:
        """Stop; unfinished runs continue when the engine runs again."""
        tasks = [task for by_workflow in self._tasks.values() for task in by_workflow]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def start(self, workflow: Workflow, input: Any, run: str | None = None) -> str:
        """Record a run, and begin it, unless there is one with the id `run` already; its id.

        Raises ValueError for an input that cannot be stored: too large or deep, or with too large
        numbers.
        """
        text = dump(input, MAX_BYTES)
        try:
            self._saver.serde.dumps_typed(input)
        except (TypeError, ValueError) as error:
            raise ValueError(f"it cannot be stored: {error}") from None
        run = run or uuid.uuid4().hex
        if await self._store.add(run, workflow, text):
            self._start(_key(workflow), run, None)
        return run

    async def room(self, workflow: Workflow) -> int:
        """How many more runs of a workflow may start; waits until one may."""
        tasks, most = self._tasks[_key(workflow)], int(workflow["concurrency"])
        while len(tasks) >= most:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        return most - len(tasks)

    async def answer(self, run: Mapping[str, Any], question: str, *, approve: bool) -> bool:
        """Continue a run after a person's answer to a question; False: it was not waiting."""
        if not await self._store.resume(run["id"]):
            return False
        command: Command[Any] = Command(resume={question: approve})
        self._start(f"{run['project']}/{run['workflow']}", run["id"], command)
        return True

    def _start(self, workflow: str, run: str, command: Command[Any] | None) -> None:
        task = asyncio.create_task(self._run(run, command))
        self._tasks[workflow].add(task)
        task.add_done_callback(self._tasks[workflow].discard)

    async def _run(self, run: str, command: Command[Any] | None) -> None:
        async with self._locks[run]:
            workflow, input = await self._store.load(run)
            limit = asyncio.Semaphore(workflow["concurrency"])
            async with self._limits.setdefault(_key(workflow), limit):
                await self._store.set(run, "running", {})
                state, detail = await self._outcome(run, workflow, input, command)
                await self._store.set(run, state, detail)
        self._locks.pop(run, None)

    async def _outcome(
        self, run: str, workflow: Workflow, input: Any, command: Command[Any] | None
    ) -> tuple[str, dict[str, Any]]:
        """Run until the end, or a question; the run's state, and its details."""
        try:
            async with asyncio.timeout(workflow["timeout"]):
                out = await self._advance(run, workflow, input, command)
        except TimeoutError:
            return "timed-out", {"reason": "the workflow has timed out"}
        except (StepError, AgentError) as error:
            return "failed", {"reason": str(error)}
        except Exception as error:  # noqa: BLE001 - the run would have no end otherwise
            traceback.print_exc(file=sys.stderr)
            return "failed", {"reason": f"the engine failed ({type(error).__name__})"}
        results = {"results": out.get("results", {})}
        if waits := [{**each.value, "id": each.id} for each in out.get("__interrupt__", ())]:
            return "waiting", {"waits": waits, **results}
        return "rejected" if out.get("rejected") else "done", results

    async def _advance(
        self, run: str, workflow: Workflow, input: Any, command: Command[Any] | None
    ) -> dict[str, Any]:
        """Begin a graph, or continue from its last checkpoint."""

        async def ask(step: Step, state: State, number: int, approved: bool | None) -> Answer:
            turn = Turn(run, str(step["name"]), int(state.get("round", 0)), number)
            return await self._ask(turn, workflow, step, state, approved)

        graph = build(workflow, ask).compile(checkpointer=self._saver)
        config: Any = {"configurable": {"thread_id": run}, "recursion_limit": 200}
        checkpoint = await graph.aget_state(config)
        begin: Any = command or (None if checkpoint.values else {"input": input, "results": {}})
        return dict(await graph.ainvoke(begin, config, durability="sync"))

    async def _ask(
        self, turn: Turn, workflow: Workflow, step: Step, state: State, approved: bool | None
    ) -> Answer:
        """Send a step to its agent, or a person's answer to its question; each turn once."""
        stored = await self._store.answer(turn)
        if stored is not None:
            return stored
        content: Any = {"task": state["input"], "step": step["name"], "results": state["results"]}
        question = None
        if approved is not None:
            content = "approve" if approved else "reject"
            question = await self._store.answer(turn.before)
            assert question is not None, turn
        try:
            async with asyncio.timeout(step["timeout"]):
                answer = await self._send(turn, workflow, step, content, question)
        except TimeoutError:
            reason = f"{step['name']}: no answer within {step['timeout']} s"
            raise StepError(reason) from None
        await self._store.keep(turn, answer)
        return answer

    async def _send(
        self, turn: Turn, workflow: Workflow, step: Step, content: Any, question: Answer | None
    ) -> Answer:
        """Send a message to an agent; wait for an agent that does not listen yet."""
        url = a2a.address(self._stacks, workflow["project"], step["agent"])
        began = time.monotonic()
        while True:
            try:
                return await a2a.send(
                    url, self._token, content, seconds=step["timeout"],
                    task=question.task if question else None, message=turn.message,
                )  # fmt: skip
            except NotListeningError:
                if time.monotonic() - began > _START_TIMEOUT:
                    raise
                await asyncio.sleep(_PAUSE)


def _key(workflow: Workflow) -> str:
    return f"{workflow['project']}/{workflow['name']}"
