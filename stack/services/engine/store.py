"""The workflow engine's tables in SQLite: its runs, and the agents' answers to their steps.

A change is on disk when its method returns. LangGraph keeps its checkpoints in the same file.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any

import aiosqlite

from stack.web.a2a import Answer

_TABLES = """
PRAGMA journal_mode = WAL;
PRAGMA synchronous = FULL;
CREATE TABLE IF NOT EXISTS runs (
  id TEXT PRIMARY KEY, project TEXT NOT NULL, name TEXT NOT NULL, workflow TEXT NOT NULL,
  input TEXT NOT NULL, state TEXT NOT NULL, detail TEXT NOT NULL DEFAULT '{}');
CREATE TABLE IF NOT EXISTS answers (
  run TEXT NOT NULL, step TEXT NOT NULL, round INTEGER NOT NULL, turn INTEGER NOT NULL,
  answer TEXT NOT NULL, PRIMARY KEY (run, step, round, turn));
"""
_RUNS = "SELECT id, project, name, state, detail FROM runs"


@dataclass(frozen=True, slots=True)
class Turn:
    """One message to an agent: a step (number 0), or a person's answer to a question (1, ...)."""

    run: str
    step: str
    round: int
    number: int

    @property
    def message(self) -> str:
        """Its id in A2A: the same if it is sent again."""
        return f"{self.run}/{self.step}/{self.round}/{self.number}"

    @property
    def before(self) -> Turn:
        """The turn whose question it answers."""
        return Turn(self.run, self.step, self.round, self.number - 1)


class Store:
    """Runs and answers. Call `open` before anything else; methods raise sqlite3.Error."""

    def __init__(self, database: aiosqlite.Connection) -> None:
        self._database = database

    async def open(self) -> None:
        """Create the tables that are missing."""
        await self._database.executescript(_TABLES)

    async def add(self, run: str, workflow: Mapping[str, Any], input: str) -> bool:
        """Record a new run and its input, JSON text; False: there is one with this id already."""
        rows = await self._change(
            "INSERT INTO runs (id, project, name, workflow, input, state)"
            " VALUES (?, ?, ?, ?, ?, 'queued') ON CONFLICT (id) DO NOTHING",
            (run, workflow["project"], workflow["name"], json.dumps(workflow), input),
        )
        return rows == 1

    async def load(self, run: str) -> tuple[dict[str, Any], Any]:
        """The workflow of a run, as it was when the run was recorded, and its input."""
        query = "SELECT workflow, input FROM runs WHERE id = ?"
        ((workflow, input),) = await self._database.execute_fetchall(query, (run,))
        return json.loads(workflow), json.loads(input)

    async def set(self, run: str, state: str, detail: Mapping[str, Any]) -> None:
        """Record the state of a run."""
        row = state, json.dumps(detail), run
        await self._change("UPDATE runs SET state = ?, detail = ? WHERE id = ?", row)

    async def resume(self, run: str) -> bool:
        """Set a waiting run to running; False: it was not waiting, or another answer was faster."""
        query = "UPDATE runs SET state = 'running', detail = '{}' WHERE id = ? AND state = ?"
        return await self._change(query, (run, "waiting")) == 1

    async def old(self, keep: int) -> list[str]:
        """The ended runs, without the `keep` newest of them."""
        query = (
            "SELECT id FROM runs WHERE state NOT IN ('queued', 'running', 'waiting')"
            " ORDER BY rowid DESC LIMIT -1 OFFSET ?"
        )
        return [run for (run,) in await self._database.execute_fetchall(query, (keep,))]

    async def get(self, run: str) -> dict[str, Any] | None:
        """A run with its state; None: there is none with this id."""
        return await anext(self._runs(f"{_RUNS} WHERE id = ?", (run,)), None)

    async def list(self) -> list[dict[str, Any]]:
        """All runs, the oldest first."""
        return [run async for run in self._runs(f"{_RUNS} ORDER BY rowid", ())]

    async def forget(self, run: str) -> None:
        """Delete a run, and the agents' answers."""
        await self._change("DELETE FROM answers WHERE run = ?", (run,))
        await self._change("DELETE FROM runs WHERE id = ?", (run,))

    async def answer(self, turn: Turn) -> Answer | None:
        """An agent's answer to a turn; None: there is none yet."""
        query = "SELECT answer FROM answers WHERE run = ? AND step = ? AND round = ? AND turn = ?"
        row = turn.run, turn.step, turn.round, turn.number
        rows = list(await self._database.execute_fetchall(query, row))
        return Answer(**json.loads(rows[0][0])) if rows else None

    async def keep(self, turn: Turn, answer: Answer) -> None:
        """Store an agent's answer."""
        row = turn.run, turn.step, turn.round, turn.number, json.dumps(asdict(answer))
        await self._change("INSERT OR REPLACE INTO answers VALUES (?, ?, ?, ?, ?)", row)

    async def _change(self, query: str, row: tuple[Any, ...]) -> int:
        """Execute a change; the number of changed rows."""
        async with self._database.execute(query, row) as cursor:
            await self._database.commit()
            return cursor.rowcount

    async def _runs(self, query: str, row: tuple[Any, ...]) -> AsyncIterator[dict[str, Any]]:
        for i, p, n, s, d in await self._database.execute_fetchall(query, row):
            yield {"id": i, "project": p, "workflow": n, "state": s, **json.loads(d)}
