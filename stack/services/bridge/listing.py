"""The tools that servers really list: each program is started, asked, and ended."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Literal

import anyio
from pydantic import BaseModel

from stack.services.bridge.child import Child
from stack.services.bridge.config import Program, blotter, environment, personal

_AT_ONCE = 4
_PAUSE = 1.0
_NAME = "lock"  # what a variable may call the one that asks


class Question(BaseModel, frozen=True, extra="forbid", strict=True):
    """Which servers are to be asked."""

    version: Literal[1]
    servers: list[Program]


async def answers(servers: Iterable[Program], caller: Mapping[str, str]) -> dict[str, Any]:
    """By server: `tools`, as it lists them, of all pages; or why it cannot be asked, `failed`."""
    found: dict[str, Any] = {}
    places = anyio.CapacityLimiter(_AT_ONCE)

    async def ask(server: Program) -> None:
        async with places:
            try:
                found[server.server] = await _answer(server, caller)
            except ValueError as why:
                found[server.server] = {"failed": str(why)}

    async with anyio.create_task_group() as watch:
        watch.start_soon(_while_asked, os.getppid())
        async with anyio.create_task_group() as tasks:
            for server in servers:
                tasks.start_soon(ask, server)
        watch.cancel_scope.cancel()
    return found


async def _while_asked(parent: int) -> None:
    """Who asked may be killed; then nobody hears the answer, and every server's guard ends it."""
    while os.getppid() == parent:
        await anyio.sleep(_PAUSE)
    os._exit(1)


async def _answer(server: Program, caller: Mapping[str, str]) -> dict[str, Any]:
    """Raises ValueError for a secret or a program that is not there."""
    variables = personal(server, environment(server, caller), _NAME)
    blot = blotter(server, caller)
    child = Child(server, variables, blot, aloud=False)
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(child.run)
        await child.started.wait()
        child.stop()
    if child.failure:
        return {"failed": child.failure}
    if any(blot(text) != text for text in _texts(child.tools)):
        return {"failed": "what it lists has the value of a secret in it"}
    return {"tools": child.tools}


def _texts(value: Any) -> Iterator[str]:
    """Every text in it, and every number as text."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, int | float):
        yield json.dumps(value)
    elif isinstance(value, list):
        for item in value:
            yield from _texts(item)
    elif isinstance(value, dict):
        yield from _texts([*value.keys(), *value.values()])
