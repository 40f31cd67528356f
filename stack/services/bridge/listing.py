"""The tools that servers really list: start each program, list its tools, and stop it."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Literal

import anyio
from pydantic import BaseModel

from stack.services.bridge.child import Child
from stack.services.bridge.config import Program, environment, personal, redactor

_CONCURRENCY = 4
_PAUSE = 1.0  # seconds
_NAME = "lock"  # replaces `{identity}` in plain variables


class Question(BaseModel, frozen=True, extra="forbid", strict=True):
    """The servers whose tools `roster lock` asks for."""

    version: Literal[1]
    servers: list[Program]


async def answers(servers: Iterable[Program], caller: Mapping[str, str]) -> dict[str, Any]:
    """By server: its `tools`, of all pages; or under `failed` why it cannot be asked."""
    by_server: dict[str, Any] = {}
    limiter = anyio.CapacityLimiter(_CONCURRENCY)

    async def ask(server: Program) -> None:
        async with limiter:
            try:
                by_server[server.server] = await _answer(server, caller)
            except ValueError as error:
                by_server[server.server] = {"failed": str(error)}

    async with anyio.create_task_group() as watch:
        watch.start_soon(_exit_with, os.getppid())
        async with anyio.create_task_group() as tasks:
            for server in servers:
                tasks.start_soon(ask, server)
        watch.cancel_scope.cancel()
    return by_server


async def _exit_with(parent: int) -> None:
    """End when the parent process has ended; then every server's guard ends its server."""
    while os.getppid() == parent:
        await anyio.sleep(_PAUSE)
    os._exit(1)


async def _answer(server: Program, caller: Mapping[str, str]) -> dict[str, Any]:
    """The answer for one server. Raises ValueError for a missing secret or program."""
    variables = personal(server, environment(server, caller), _NAME)
    redact = redactor(server, caller)
    child = Child(server, variables, redact, echo=False)
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(child.run)
        await child.started.wait()
        child.stop()
    if child.failure:
        return {"failed": child.failure}
    if any(redact(text) != text for text in _texts(child.tools)):
        return {"failed": "its list of tools contains the value of a secret"}
    return {"tools": child.tools}


def _texts(value: Any) -> Iterator[str]:
    """Every text in a JSON value, and every number as text."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, int | float):
        yield json.dumps(value)
    elif isinstance(value, list):
        for item in value:
            yield from _texts(item)
    elif isinstance(value, dict):
        yield from _texts([*value.keys(), *value.values()])
