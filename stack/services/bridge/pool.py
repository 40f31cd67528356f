"""The children of a bridge: one for all callers, or one for each identity, restarted if lost."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

import anyio
from anyio.abc import TaskGroup

from stack.services.bridge.child import Child, UnavailableError
from stack.services.bridge.config import Config

IDLE = 15 * 60.0  # seconds without a call after which an agent's own child is stopped
_SHORT = 10.0  # seconds; a child that ran for less counts as a failed start
_FIRST_PAUSE, _LONGEST_PAUSE = 0.5, 30.0
_SHARED = ""
Problem = tuple[str, str]
"""A status, as /readyz answers it, and a reason."""


@dataclass(frozen=True)
class _Failures:
    count: int
    until: float
    reason: str

    @property
    def pause(self) -> float:
        """Seconds until another attempt may be made; 0 or less: now."""
        return self.until - time.monotonic()


class Pool:
    """
    Gives each caller its child. `run` must run as long as the pool is used.

    `make` makes a child for an identity, or for "" where all share one. `problem`: why no agent can
    use the server; `faults`: why single agents cannot use their own child.
    """

    def __init__(self, config: Config, make: Callable[[str], Child], idle: float = IDLE) -> None:
        self.problem: Problem | None = ("starting", "the server has not answered yet")
        self.faults: dict[str, Problem] = {}
        self._config, self._make, self._idle = config, make, idle
        self._own = config.sessions == "sticky"
        self._children: dict[str, Child] = {}
        self._failures: dict[str, _Failures] = {}
        self._tasks: TaskGroup | None = None

    async def run(self) -> None:
        """Start one child, to see whether it works, and then stop idle ones for ever."""
        async with anyio.create_task_group() as self._tasks:
            self._start(_SHARED)
            while True:
                await anyio.sleep(self._idle / 10)
                self._end_idle()

    async def child(self, identity: str) -> Child:
        """The child for a caller, started if necessary. Raises UnavailableError with the reason."""
        key = identity if self._own else _SHARED
        child = self._current(key) or self._start(key)
        await child.started.wait()
        if child.ended.is_set():
            raise UnavailableError(child.failure)
        return child

    def _current(self, key: str) -> Child | None:
        child = self._children.get(key)
        return None if child is None or child.ended.is_set() or child.stopped else child

    def _start(self, key: str) -> Child:
        failed = self._failures.get(key)
        if failed and failed.pause > 0:
            raise UnavailableError(failed.reason)
        if self._tasks is None:
            raise UnavailableError("the bridge is starting or stopping")
        child = self._children[key] = self._make(key)
        self._tasks.start_soon(self._watch, key, child)
        return child

    async def _watch(self, key: str, child: Child) -> None:
        """Run a child until it ends, and record its problems; a shared one is then restarted."""
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(child.run)
            await child.started.wait()
            self._record(key, self._problem(child))
            if self._own and key == _SHARED and not child.ended.is_set():
                child.stop()  # it was only a trial: each agent gets its own
        if child.stopped:
            self._failures.pop(key, None)
            return
        self._record(key, ("failed", child.failure))
        if time.monotonic() - child.since > _SHORT:
            self._failures.pop(key, None)
        else:
            self._fail(key, child.failure)
        if key == _SHARED:
            await self._restart()

    async def _restart(self) -> None:
        """Start the shared child again, after the pause that failures demand."""
        while (failed := self._failures.get(_SHARED)) and failed.pause > 0:
            await anyio.sleep(failed.pause)
        if self._current(_SHARED) is None:
            self._start(_SHARED)

    def _record(self, key: str, problem: Problem | None) -> None:
        """Record the problem of a child, or its absence: for all agents, or for one."""
        if key == _SHARED:
            self.problem = problem
        elif problem:
            self.faults[key] = problem
        else:
            self.faults.pop(key, None)

    def _problem(self, child: Child) -> Problem | None:
        if child.ended.is_set():
            return "failed", child.failure
        missing = sorted(self._config.granted - {tool.get("name") for tool in child.tools})
        if missing:
            return "failed", f"it does not list granted tools: {', '.join(missing)}"
        return None

    def _fail(self, key: str, reason: str) -> None:
        before = self._failures.get(key)
        count = before.count + 1 if before else 0
        pause = min(_FIRST_PAUSE * 2**count, _LONGEST_PAUSE)
        self._failures[key] = _Failures(count, time.monotonic() + pause, reason)

    def _end_idle(self) -> None:
        """Stop the idle children of single agents, with their state; a shared child stays."""
        if not self._own:
            return
        for key, child in list(self._children.items()):
            if not child.calls and time.monotonic() - child.used > self._idle:
                child.stop()
                del self._children[key]
