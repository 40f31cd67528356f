"""The event bus to runs: each event-driven workflow is a consumer group of its topic's stream.

A topic is the stream `events:<topic>` in Redis; an entry's field `event` is a JSON object, whose
`type` says where it goes. An entry is acknowledged once its run is on the disk, and not before; a
run is named after workflow, topic and entry: so what comes twice makes one run. What is no event
goes to `events:<topic>:dead` with its reason. Producers decide how long a stream is (XADD, MAXLEN).
"""

from __future__ import annotations

import asyncio
import json
import socket
import sqlite3
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError, ResponseError

from stack.services.engine.runs import LARGEST, Runs, Workflow
from stack.web.json_body import parse

_BLOCK, _IDLE = 2_000, 15_000
"""Milliseconds: to wait for an entry; after which whoever holds one is taken for dead."""
_SECONDS, _PAUSE = 5.0, 1.0
_ENTRIES, _DEAD = 10, 10_000
"""Entries: taken at a time; that a dead-letter stream holds, about."""
Fields = Mapping[bytes, bytes]


@dataclass(frozen=True, slots=True)
class Reader:
    """A workflow as a consumer group."""

    workflow: Workflow
    topic: str

    @property
    def stream(self) -> str:
        """The key of its topic."""
        return f"events:{self.topic}"

    @property
    def group(self) -> str:
        """Its name in Redis."""
        return f"{self.workflow['project']}.{self.workflow['name']}"

    def run(self, entry: str) -> str:
        """The id of the run that an entry makes."""
        return f"{self.group}:{self.topic}:{entry}"


class Bus:
    """Reads the topics of workflows, and starts runs. `follow` works, until it is cancelled."""

    def __init__(self, url: str, readers: tuple[Reader, ...], runs: Runs) -> None:
        self._readers, self._runs = readers, runs
        self._consumer = socket.gethostname()
        self._faults = {reader.group: "it has not looked yet" for reader in readers}
        self._redis = Redis.from_url(
            url, socket_timeout=_SECONDS, socket_connect_timeout=_SECONDS,
            retry=Retry(NoBackoff(), 0),
        )  # fmt: skip

    async def fault(self) -> str | None:
        """Why events do not come in now."""
        if self._faults:
            return next(iter(self._faults.values()))
        try:
            await self._redis.ping()
        except RedisError as error:
            return _said(error)
        return None

    async def follow(self) -> None:
        """Read every topic, for ever; Redis may go away, and come back."""
        try:
            await asyncio.gather(*map(self._follow, self._readers))
        finally:
            await self._redis.aclose()

    async def _follow(self, reader: Reader) -> None:
        while True:
            try:
                await self._join(reader)
                await self._turn(reader, None)
                self._faults.pop(reader.group, None)
                while True:
                    await self._turn(reader, _BLOCK)
            except (RedisError, sqlite3.Error) as error:
                self._faults[reader.group] = _said(error)
            await asyncio.sleep(_PAUSE)

    async def _join(self, reader: Reader) -> None:
        """Make the group and the stream where they are not there; all that is in it is read."""
        try:
            await self._redis.xgroup_create(reader.stream, reader.group, id="0", mkstream=True)
        except ResponseError as error:
            if not str(error).startswith("BUSYGROUP"):
                raise

    async def _turn(self, reader: Reader, block: int | None) -> None:
        """Take what a dead consumer left, then what is new; only as much as can run now."""
        count = min(await self._runs.room(reader.workflow), _ENTRIES)
        _, left, *_ = await self._redis.xautoclaim(
            reader.stream, reader.group, self._consumer, _IDLE, count=count
        )
        for entry, fields in left:
            await self._take(reader, entry.decode(), fields)
        if count > len(left):
            new = await self._redis.xreadgroup(
                reader.group, self._consumer, {reader.stream: ">"}, count - len(left), block
            )
            for entry, fields in _entries(new):
                await self._take(reader, entry.decode(), fields)

    async def _take(self, reader: Reader, entry: str, fields: Fields) -> None:
        """Make an entry a run, or a dead letter, and acknowledge it."""
        try:
            await self._runs.start(reader.workflow, _event(fields), reader.run(entry))
        except ValueError as error:
            await self._bury(reader, entry, fields, str(error))
        else:
            await self._redis.xack(reader.stream, reader.group, entry)

    async def _bury(self, reader: Reader, entry: str, fields: Fields, reason: str) -> None:
        letter: dict[Any, Any] = {"entry": entry, "workflow": reader.group, "reason": reason}
        kept = fields.get(b"event", b"")
        letter |= {"event": kept} if 0 < len(kept) <= LARGEST else {}
        async with self._redis.pipeline(transaction=True) as both:
            both.xadd(f"{reader.stream}:dead", letter, maxlen=_DEAD)
            both.xack(reader.stream, reader.group, entry)
            await both.execute()
        told = {"topic": reader.topic, "entry": entry, "workflow": reader.group, "dead": reason}
        sys.stdout.write(json.dumps(told) + "\n")
        sys.stdout.flush()


def readers(workflows: Mapping[Any, Workflow]) -> tuple[Reader, ...]:
    """Those among the workflows that events start."""
    return tuple(
        Reader(one, str(one["pattern"]["topic"]))
        for one in workflows.values()
        if one["pattern"]["type"] == "event-driven"
    )


def _event(fields: Fields) -> dict[str, Any]:
    """What an entry says. Raises ValueError with the reason where it is no event."""
    text = fields.get(b"event")
    if text is None:
        raise ValueError("it has no field `event`")
    if len(text) > LARGEST:
        raise ValueError(f"more than {LARGEST} bytes")
    found = parse(text)
    if not isinstance(found, dict) or not isinstance(found.get("type"), str) or not found["type"]:
        raise ValueError("it is no JSON object whose `type` is a text")
    return found


def _entries(reply: Any) -> Iterator[tuple[bytes, Fields]]:
    """The entries of one stream, as XREADGROUP answers."""
    for _, entries in reply:
        yield from entries


def _said(error: Exception) -> str:
    """A fault, without addresses; what Redis itself answers is told."""
    return str(error) if isinstance(error, ResponseError) else type(error).__name__
