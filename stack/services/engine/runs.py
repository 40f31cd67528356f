"""Runs of workflows: queued, run by LangGraph with every step saved, waiting for people, resumed.

Checkpoints and runs are in one SQLite file (the specs' `store` is what clusters use). A step that
was under way when the engine died is sent to its agent again, as the same A2A message: an agent
that still runs answers it with the task that it has, and the work is not done twice.
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

from stack.services.engine.graph import State, Step, StepFailed, build
from stack.services.engine.store import Store, Turn
from stack.web import a2a
from stack.web.a2a import Answer, NotListening, Unreachable
from stack.web.json_body import dump

LARGEST = 256 * 1024
"""Bytes of an input, as JSON."""
UNFINISHED = ("queued", "running")
_KEPT = 1000
"""Ended runs that are remembered, and with them which events have been seen."""
_GRACE, _PAUSE = 30.0, 0.5
"""Seconds: for an agent that does not listen, as it may be starting; between two tries."""
Workflow = Mapping[str, Any]


class Runs:
    """All runs. `open` before anything else, `close` at the end."""

    def __init__(self, database: aiosqlite.Connection, stacks: Path, token: str) -> None:
        self._store, self._stacks, self._token = Store(database), stacks, token
        self._saver = AsyncSqliteSaver(database)
        self._works: defaultdict[str, set[asyncio.Task[None]]] = defaultdict(set)
        self._rooms: dict[str, asyncio.Semaphore] = {}
        self._locks: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self.get, self.list = self._store.get, self._store.list

    async def open(self) -> None:
        """Make the tables, forget the oldest ends, and go on with what was not finished."""
        await self._store.open()
        await self._saver.setup()
        for old in await self._store.old(_KEPT):
            await self._saver.adelete_thread(old)
            await self._store.forget(old)
        for run in await self.list():
            if run["state"] in UNFINISHED:
                self._work(f"{run['project']}/{run['workflow']}", run["id"], None)

    async def close(self) -> None:
        """Stop; what is under way goes on when the engine runs again."""
        works = [work for some in self._works.values() for work in some]
        for work in works:
            work.cancel()
        await asyncio.gather(*works, return_exceptions=True)

    async def start(self, workflow: Workflow, given: Any, run: str | None = None) -> str:
        """Record a run, and begin it; its id. One that is known already is not begun again.

        Raises ValueError where the input cannot be kept: too large, too deep, or numbers too big.
        """
        text = dump(given, LARGEST)
        try:
            self._saver.serde.dumps_typed(given)
        except (TypeError, ValueError) as error:
            raise ValueError(f"it cannot be kept: {error}") from None
        run = run or uuid.uuid4().hex
        if await self._store.add(run, workflow, text):
            self._work(_key(workflow), run, None)
        return run

    async def room(self, workflow: Workflow) -> int:
        """How many runs more of a workflow can go at once; waits until there is room for one."""
        works, most = self._works[_key(workflow)], int(workflow["concurrency"])
        while len(works) >= most:
            await asyncio.wait(works, return_when=asyncio.FIRST_COMPLETED)
        return most - len(works)

    async def answer(self, run: Mapping[str, Any], question: str, *, approve: bool) -> bool:
        """Go on with a run after a person's answer to a question; False: it waits no more."""
        if not await self._store.resume(run["id"]):
            return False
        command: Command[Any] = Command(resume={question: approve})
        self._work(f"{run['project']}/{run['workflow']}", run["id"], command)
        return True

    def _work(self, workflow: str, run: str, command: Command[Any] | None) -> None:
        work = asyncio.create_task(self._run(run, command))
        self._works[workflow].add(work)
        work.add_done_callback(self._works[workflow].discard)

    async def _run(self, run: str, command: Command[Any] | None) -> None:
        async with self._locks[run]:
            workflow, given = await self._store.load(run)
            room = asyncio.Semaphore(workflow["concurrency"])
            async with self._rooms.setdefault(_key(workflow), room):
                await self._store.set(run, "running", {})
                state, detail = await self._outcome(run, workflow, given, command)
                await self._store.set(run, state, detail)
        self._locks.pop(run, None)

    async def _outcome(
        self, run: str, workflow: Workflow, given: Any, command: Command[Any] | None
    ) -> tuple[str, dict[str, Any]]:
        """Run until the end, or a question: the run's state, and what there is to say of it."""
        try:
            async with asyncio.timeout(workflow["timeout"]):
                out = await self._advance(run, workflow, given, command)
        except TimeoutError:
            return "timed-out", {"reason": "the workflow's time is over"}
        except (StepFailed, Unreachable) as error:
            return "failed", {"reason": str(error)}
        except Exception as error:  # noqa: BLE001 - a run without an end would wait for ever
            traceback.print_exc(file=sys.stderr)
            return "failed", {"reason": f"the engine failed ({type(error).__name__})"}
        results = {"results": out.get("results", {})}
        if waits := [{**one.value, "id": one.id} for one in out.get("__interrupt__", ())]:
            return "waiting", {"waits": waits, **results}
        return "rejected" if out.get("rejected") else "done", results

    async def _advance(
        self, run: str, workflow: Workflow, given: Any, command: Command[Any] | None
    ) -> dict[str, Any]:
        """Begin a graph, or go on with what its last checkpoint holds."""

        async def ask(step: Step, state: State, number: int, said: bool | None) -> Answer:
            turn = Turn(run, str(step["name"]), int(state.get("round", 0)), number)
            return await self._ask(turn, workflow, step, state, said)

        graph = build(workflow, ask).compile(checkpointer=self._saver)
        config: Any = {"configurable": {"thread_id": run}, "recursion_limit": 200}
        known = await graph.aget_state(config)
        begin: Any = command or (None if known.values else {"input": given, "results": {}})
        return dict(await graph.ainvoke(begin, config, durability="sync"))

    async def _ask(
        self, turn: Turn, workflow: Workflow, step: Step, state: State, said: bool | None
    ) -> Answer:
        """Send a step to its agent once, and what a person said to the task that asked."""
        known = await self._store.answer(turn)
        if known is not None:
            return known
        content: Any = {"task": state["input"], "step": step["name"], "results": state["results"]}
        asked = None
        if said is not None:
            content = "approve" if said else "reject"
            asked = await self._store.answer(turn.before)
            assert asked is not None, turn
        try:
            async with asyncio.timeout(step["timeout"]):
                answer = await self._send(turn, workflow, step, content, asked)
        except TimeoutError:
            reason = f"{step['name']}: no answer within {step['timeout']} s"
            raise StepFailed(reason) from None
        await self._store.keep(turn, answer)
        return answer

    async def _send(
        self, turn: Turn, workflow: Workflow, step: Step, content: Any, asked: Answer | None
    ) -> Answer:
        """Send a message to an agent; one that does not listen yet is waited for."""
        url = a2a.address(self._stacks, workflow["project"], step["agent"])
        began = time.monotonic()
        while True:
            try:
                return await a2a.send(
                    url, self._token, content, seconds=step["timeout"],
                    task=asked.task if asked else None, message=turn.message,
                )  # fmt: skip
            except NotListening:
                if time.monotonic() - began > _GRACE:
                    raise
                await asyncio.sleep(_PAUSE)


def _key(workflow: Workflow) -> str:
    return f"{workflow['project']}/{workflow['name']}"
