"""The spaces of generated/context/spaces.json, and reads and writes by their permissions."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import best_match
from redis.exceptions import RedisError
from referencing import Registry

from stack.services.context.redaction import redact
from stack.services.context.store import ANY, Held, Store, Write
from stack.web.json_body import dump
from stack.web.log import log
from stack.web.tokens import UNKNOWN

MAX_BYTES = 256 * 1024
_KEY = re.compile(r"[A-Za-z0-9._:-]{1,200}")
_MAX_MESSAGE = 200


@dataclass(frozen=True)
class Space:
    """One space: who may use it, and its rules; `ttl` in seconds, `writers`: their priorities."""

    name: str
    description: str
    readers: frozenset[str]
    writers: Mapping[str, int]
    ttl: int
    conflict: str
    redaction: tuple[str, ...]
    schema: Draft202012Validator | None


class Refusal(Exception):  # noqa: N818 - an answer, not a fault
    """A refused request: an HTTP status, and the answer to the caller."""

    def __init__(self, status: int, error: str, **facts: Any) -> None:
        super().__init__(error)
        self.status = status
        self.answer = {"error": error, **facts}


def load(path: Path) -> dict[str, Space]:
    """Read the spaces. Raises OSError, ValueError, KeyError, TypeError, or SchemaError."""
    document = json.loads(path.read_text(encoding="utf-8"))
    return {name: _space(name, content) for name, content in document["spaces"].items()}


def _space(name: str, content: Mapping[str, Any]) -> Space:
    schema = content["schema"]
    if schema is not None:
        Draft202012Validator.check_schema(schema)
        # With a registry of its own, no $ref is ever fetched.
        schema = Draft202012Validator(schema, registry=Registry())
    return Space(
        name, content["description"], frozenset(content["readers"]), dict(content["writers"]),
        int(content["ttl"]), content["conflict"], tuple(content["redaction"]), schema,
    )  # fmt: skip


class Memory:
    """Agents' reads and writes, each checked against permissions and audited. Raises Refusal."""

    def __init__(self, spaces: Mapping[str, Space], store: Store) -> None:
        self._spaces = spaces
        self._store = store

    def spaces(self, identity: str | None) -> list[dict[str, Any]]:
        """The spaces that an agent may use, and how."""
        agent = _authenticated(identity)
        return [
            {
                "space": space.name,
                "description": space.description,
                "read": agent in space.readers,
                "write": agent in space.writers,
                "priority": space.writers.get(agent),
                "ttl": space.ttl,
                "conflict": space.conflict,
            }
            for space in self._spaces.values()
            if agent in space.readers or agent in space.writers
        ]

    async def get(self, identity: str | None, space: str, key: str) -> dict[str, Any]:
        """A value with its owner, priority, version, and the seconds until it expires."""
        try:
            _authenticated(identity)
            if identity not in self._named(space, key).readers:
                raise Refusal(403, f"{identity} may not read {space}")
            held = await self._held(space, key)
        except Refusal as refusal:
            self._audit("read", identity, space, key, refusal.status, None)
            raise
        self._audit("read", identity, space, key, 200, held.version)
        return {"space": space, "key": key, **asdict(held), "value": json.loads(held.value)}

    async def put(
        self, identity: str | None, space: str, key: str, value: Any, expected: int | None
    ) -> dict[str, Any]:
        """Store a value; `expected` is the version that it replaces (0: the key is new)."""
        try:
            version = await self._write(_authenticated(identity), space, key, value, expected)
        except Refusal as refusal:
            self._audit("write", identity, space, key, refusal.status, None)
            raise
        self._audit("write", identity, space, key, 200, version)
        return {"space": space, "key": key, "version": version}

    async def _held(self, space: str, key: str) -> Held:
        try:
            held = await self._store.get(space, key)
        except RedisError as error:
            raise _unavailable(error) from None
        if held is None:
            raise Refusal(404, f"{space} holds nothing under this key")
        return held

    async def _write(
        self, agent: str, name: str, key: str, value: Any, expected: int | None
    ) -> int:
        space = self._named(name, key)
        if agent not in space.writers:
            raise Refusal(403, f"{agent} may not write {name}")
        if space.conflict == "version" and expected is None:
            raise Refusal(428, f"{name} needs the version that is replaced (0: the key is new)")
        write = Write(
            _serialized(space, value), agent, space.writers[agent],
            ANY if expected is None else expected, space.conflict, space.ttl,
        )  # fmt: skip
        try:
            outcome = await self._store.put(name, key, write)
        except RedisError as error:
            raise _unavailable(error) from None
        if outcome.rule == "version":
            raise Refusal(409, "another version is stored", version=outcome.version)
        if outcome.rule == "priority":
            raise Refusal(409, f"held by {outcome.owner}", version=outcome.version)
        return outcome.version

    def _named(self, space: str, key: str) -> Space:
        if space not in self._spaces:
            raise Refusal(404, "there is no such space")
        if not _KEY.fullmatch(key):
            raise Refusal(400, f"a key is {_KEY.pattern}")
        return self._spaces[space]

    def _audit(
        self, act: str, identity: str | None, space: str, key: str, status: int, version: int | None
    ) -> None:
        entry = {
            "audit": act,
            "identity": identity,
            "space": space if space in self._spaces else None,
            "key": hashlib.sha256(key.encode(errors="replace")).hexdigest(),
            "allowed": status not in (400, 401, 403),
            "status": status,
            "version": version,
        }
        log(entry)


def _authenticated(identity: str | None) -> str:
    if identity is None:
        raise Refusal(401, UNKNOWN)
    return identity


def _serialized(space: Space, value: Any) -> str:
    """The value as stored: redacted, and then validated. Raises Refusal."""
    try:
        dump(value, MAX_BYTES)
        redacted = redact(value, space.redaction)
        text = dump(redacted, MAX_BYTES)
    except ValueError as error:
        raise Refusal(400, f"the value: {error}") from None
    fault = space.schema and best_match(space.schema.iter_errors(redacted))
    if fault:
        raise Refusal(
            422, f"{fault.json_path}: {fault.message}"[:_MAX_MESSAGE], path=fault.json_path
        )
    return text


def _unavailable(error: RedisError) -> Refusal:
    return Refusal(503, f"the store is not reachable ({type(error).__name__})")
