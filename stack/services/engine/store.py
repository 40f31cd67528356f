"""What the workflow engine keeps in SQLite: its runs, and what each agent has answered to them.

All is on the disk when a method returns. LangGraph keeps its checkpoints in the same file.
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
    """One message to an agent: the first of a step (0), or what a person said to a question."""

    run: str
    step: str
    round: int
    number: int

    @property
    def message(self) -> str:
        """Its id in A2A: the same whenever it is sent again."""
        return f"{self.run}/{self.step}/{self.round}/{self.number}"

    @property
    def before(self) -> Turn:
        """The turn whose question it answers."""
        return Turn(self.run, self.step, self.round, self.number - 1)


class Store:
    """Runs and answers. `open` before anything else; methods raise sqlite3.Error."""

    def __init__(self, database: aiosqlite.Connection) -> None:
        self._database = database

    async def open(self) -> None:
        """Make the tables that are not there."""
        await self._database.executescript(_TABLES)

    async def add(self, run: str, workflow: Mapping[str, Any], given: str) -> bool:
        """Record a new run and its input, JSON text; False: there is one of this id already."""
        done = await self._change(
            "INSERT INTO runs (id, project, name, workflow, input, state)"
            " VALUES (?, ?, ?, ?, ?, 'queued') ON CONFLICT (id) DO NOTHING",
            (run, workflow["project"], workflow["name"], json.dumps(workflow), given),
        )
        return done == 1

    async def load(self, run: str) -> tuple[dict[str, Any], Any]:
        """The workflow of a run, as it was when the run began, and its input."""
        query = "SELECT workflow, input FROM runs WHERE id = ?"
        ((workflow, given),) = await self._database.execute_fetchall(query, (run,))
        return json.loads(workflow), json.loads(given)

    async def set(self, run: str, state: str, detail: Mapping[str, Any]) -> None:
        """Record how a run stands."""
        row = state, json.dumps(detail), run
        await self._change("UPDATE runs SET state = ?, detail = ? WHERE id = ?", row)

    async def resume(self, run: str) -> bool:
        """Let a run that waits go on; False: it waits for nobody, or somebody was faster."""
        query = "UPDATE runs SET state = 'running', detail = '{}' WHERE id = ? AND state = ?"
        return await self._change(query, (run, "waiting")) == 1

    async def old(self, keep: int) -> list[str]:
        """The runs that ended and are not among the `keep` newest of these."""
        query = (
            "SELECT id FROM runs WHERE state NOT IN ('queued', 'running', 'waiting')"
            " ORDER BY rowid DESC LIMIT -1 OFFSET ?"
        )
        return [run for (run,) in await self._database.execute_fetchall(query, (keep,))]

    async def get(self, run: str) -> dict[str, Any] | None:
        """A run as it stands."""
        return await anext(self._runs(f"{_RUNS} WHERE id = ?", (run,)), None)

    async def list(self) -> list[dict[str, Any]]:
        """All runs, the oldest first."""
        return [one async for one in self._runs(f"{_RUNS} ORDER BY rowid", ())]

    async def forget(self, run: str) -> None:
        """Remove a run, and what agents answered to it."""
        await self._change("DELETE FROM answers WHERE run = ?", (run,))
        await self._change("DELETE FROM runs WHERE id = ?", (run,))

    async def answer(self, turn: Turn) -> Answer | None:
        """What an agent answered to a turn; None: nothing yet."""
        query = "SELECT answer FROM answers WHERE run = ? AND step = ? AND round = ? AND turn = ?"
        row = turn.run, turn.step, turn.round, turn.number
        found = list(await self._database.execute_fetchall(query, row))
        return Answer(**json.loads(found[0][0])) if found else None

    async def keep(self, turn: Turn, answer: Answer) -> None:
        """Remember an agent's answer."""
        row = turn.run, turn.step, turn.round, turn.number, json.dumps(asdict(answer))
        await self._change("INSERT OR REPLACE INTO answers VALUES (?, ?, ?, ?, ?)", row)

    async def _change(self, query: str, row: tuple[Any, ...]) -> int:
        """Change rows; how many there were."""
        async with self._database.execute(query, row) as cursor:
            await self._database.commit()
            return cursor.rowcount

    async def _runs(self, query: str, row: tuple[Any, ...]) -> AsyncIterator[dict[str, Any]]:
        for i, p, n, s, d in await self._database.execute_fetchall(query, row):
            yield {"id": i, "project": p, "workflow": n, "state": s, **json.loads(d)}
