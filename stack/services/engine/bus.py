"""Events start runs: each event-driven workflow is a consumer group of its topic's stream.

A topic is the stream `events:<topic>` in Redis; an entry's field `event` is a JSON object, whose
`type` selects the route. An entry is acknowledged only after its run is on disk, and a run's id is
made of workflow, topic and entry: so an entry that is delivered twice starts one run. An invalid
event goes to `events:<topic>:dead` with the reason. Producers limit the stream (XADD, MAXLEN).
"""

from __future__ import annotations

import asyncio
import socket
import sqlite3
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError, ResponseError

from stack.services.engine.runs import MAX_BYTES, Runs, Workflow
from stack.web.json_body import parse
from stack.web.log import log

_BLOCK, _MAX_IDLE = 2_000, 15_000
"""Milliseconds to wait for an entry, and after which an entry is taken from its consumer."""
_TIMEOUT, _PAUSE = 5.0, 1.0  # seconds
_BATCH, _MAX_DEAD = 10, 10_000
"""Entries that are read at once, and that a dead-letter stream keeps, about."""
Fields = Mapping[bytes, bytes]


@dataclass(frozen=True, slots=True)
class Reader:
    """A workflow that events start, as a consumer group."""

    workflow: Workflow
    topic: str

    @property
    def stream(self) -> str:
        """The key of its topic's stream in Redis."""
        return f"events:{self.topic}"

    @property
    def group(self) -> str:
        """The consumer group's name in Redis."""
        return f"{self.workflow['project']}.{self.workflow['name']}"

    def run(self, entry: str) -> str:
        """The id of the run that an entry starts."""
        return f"{self.group}:{self.topic}:{entry}"


class Bus:
    """Reads workflows' topics, and starts runs. `follow` runs until it is cancelled."""

    def __init__(self, url: str, readers: tuple[Reader, ...], runs: Runs) -> None:
        self._readers, self._runs = readers, runs
        self._consumer = socket.gethostname()
        self._faults = {reader.group: "it has not read events yet" for reader in readers}
        self._redis = Redis.from_url(
            url, socket_timeout=_TIMEOUT, socket_connect_timeout=_TIMEOUT,
            retry=Retry(NoBackoff(), 0),
        )  # fmt: skip

    async def fault(self) -> str | None:
        """Why events are not read now; None: they are."""
        if self._faults:
            return next(iter(self._faults.values()))
        try:
            await self._redis.ping()
        except RedisError as error:
            return _reason(error)
        return None

    async def follow(self) -> None:
        """Read every topic for ever; reconnect when Redis was not reachable."""
        try:
            await asyncio.gather(*map(self._follow, self._readers))
        finally:
            await self._redis.aclose()

    async def _follow(self, reader: Reader) -> None:
        while True:
            try:
                await self._join(reader)
                await self._read(reader, None)
                self._faults.pop(reader.group, None)
                while True:
                    await self._read(reader, _BLOCK)
            except (RedisError, sqlite3.Error) as error:
                self._faults[reader.group] = _reason(error)
            await asyncio.sleep(_PAUSE)

    async def _join(self, reader: Reader) -> None:
        """Create the group and the stream if missing; reading starts at the first entry."""
        try:
            await self._redis.xgroup_create(reader.stream, reader.group, id="0", mkstream=True)
        except ResponseError as error:
            if not str(error).startswith("BUSYGROUP"):
                raise

    async def _read(self, reader: Reader, block: int | None) -> None:
        """Take over entries of dead consumers, then read new ones; only as many as can run now."""
        count = min(await self._runs.room(reader.workflow), _BATCH)
        _, abandoned, *_ = await self._redis.xautoclaim(
            reader.stream, reader.group, self._consumer, _MAX_IDLE, count=count
        )
        for entry, fields in abandoned:
            await self._take(reader, entry.decode(), fields)
        if count > len(abandoned):
            new = await self._redis.xreadgroup(
                reader.group, self._consumer, {reader.stream: ">"}, count - len(abandoned), block
            )
            for entry, fields in _entries(new):
                await self._take(reader, entry.decode(), fields)

    async def _take(self, reader: Reader, entry: str, fields: Fields) -> None:
        """Start the run of an entry, or make it a dead letter, and acknowledge it."""
        try:
            await self._runs.start(reader.workflow, _event(fields), reader.run(entry))
        except ValueError as error:
            await self._reject(reader, entry, fields, str(error))
        else:
            await self._redis.xack(reader.stream, reader.group, entry)

    async def _reject(self, reader: Reader, entry: str, fields: Fields, reason: str) -> None:
        """Move an invalid entry to the dead-letter stream, and log it."""
        letter: dict[Any, Any] = {"entry": entry, "workflow": reader.group, "reason": reason}
        event = fields.get(b"event", b"")
        letter |= {"event": event} if 0 < len(event) <= MAX_BYTES else {}
        async with self._redis.pipeline(transaction=True) as transaction:
            transaction.xadd(f"{reader.stream}:dead", letter, maxlen=_MAX_DEAD)
            transaction.xack(reader.stream, reader.group, entry)
            await transaction.execute()
        log({"topic": reader.topic, "entry": entry, "workflow": reader.group, "dead": reason})


def readers(workflows: Mapping[Any, Workflow]) -> tuple[Reader, ...]:
    """The readers of all workflows that events start."""
    return tuple(
        Reader(workflow, str(workflow["pattern"]["topic"]))
        for workflow in workflows.values()
        if workflow["pattern"]["type"] == "event-driven"
    )


def _event(fields: Fields) -> dict[str, Any]:
    """The event of an entry. Raises ValueError with the reason if it is invalid."""
    text = fields.get(b"event")
    if text is None:
        raise ValueError("it has no field `event`")
    if len(text) > MAX_BYTES:
        raise ValueError(f"more than {MAX_BYTES} bytes")
    event = parse(text)
    if not isinstance(event, dict) or not isinstance(event.get("type"), str) or not event["type"]:
        raise ValueError("it is not a JSON object with a text as its `type`")
    return event


def _entries(reply: Any) -> Iterator[tuple[bytes, Fields]]:
    """The entries in an answer of XREADGROUP."""
    for _, entries in reply:
        yield from entries


def _reason(error: Exception) -> str:
    """An error without addresses: Redis' own answer, or else the type."""
    return str(error) if isinstance(error, ResponseError) else type(error).__name__
