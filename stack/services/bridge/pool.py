"""The children of a bridge: one for all callers, or one for each identity, begun anew when lost."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

import anyio
from anyio.abc import TaskGroup

from stack.services.bridge.child import Child, Unavailable
from stack.services.bridge.config import Config

IDLE = 15 * 60.0  # seconds without a call after which an agent's own child ends
_SHORT = 10.0  # a child that lived less than this many seconds is a failed attempt
_FIRST_PAUSE, _LONGEST_PAUSE = 0.5, 30.0
_ANYBODY = ""
Problem = tuple[str, str]


@dataclass(frozen=True)
class _Failures:
    count: int
    until: float
    reason: str

    @property
    def left(self) -> float:
        """Seconds until another attempt may be made, or less than none."""
        return self.until - time.monotonic()


class Pool:
    """
    Gives each caller its child. `run` must last as long as it is asked.

    `make` makes a child for an identity, or for "" where all share one. `problem`: why the server
    can be used by nobody (status, reason); `faults`: why single agents cannot use their own.
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
        """Start one child, to see whether it works, and then end idle ones for ever."""
        async with anyio.create_task_group() as self._tasks:
            self._start(_ANYBODY)
            while True:
                await anyio.sleep(self._idle / 10)
                self._end_idle()

    async def child(self, identity: str) -> Child:
        """The child for a caller, started if need be. Raises Unavailable with the reason."""
        key = identity if self._own else _ANYBODY
        child = self._current(key) or self._start(key)
        await child.started.wait()
        if child.ended.is_set():
            raise Unavailable(child.failure)
        return child

    def _current(self, key: str) -> Child | None:
        child = self._children.get(key)
        return None if child is None or child.ended.is_set() or child.stopped else child

    def _start(self, key: str) -> Child:
        failed = self._failures.get(key)
        if failed and failed.left > 0:
            raise Unavailable(failed.reason)
        if self._tasks is None:
            raise Unavailable("the bridge is about to start or to end")
        child = self._children[key] = self._make(key)
        self._tasks.start_soon(self._watch, key, child)
        return child

    async def _watch(self, key: str, child: Child) -> None:
        """See how a child does until it ends; what is there for everybody is then begun anew."""
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(child.run)
            await child.started.wait()
            self._judged(key, self._judge(child))
            if self._own and key == _ANYBODY and not child.ended.is_set():
                child.stop()  # it was there to be judged: no agent is anybody
        if child.stopped:
            self._failures.pop(key, None)
            return
        self._judged(key, ("failed", child.failure))
        if time.monotonic() - child.since > _SHORT:
            self._failures.pop(key, None)
        else:
            self._fail(key, child.failure)
        if key == _ANYBODY:
            await self._again()

    async def _again(self) -> None:
        """Start the child for everybody once more, as soon as that may be."""
        while (failed := self._failures.get(_ANYBODY)) and failed.left > 0:
            await anyio.sleep(failed.left)
        if self._current(_ANYBODY) is None:
            self._start(_ANYBODY)

    def _judged(self, key: str, problem: Problem | None) -> None:
        """Keep what is wrong with a child where it belongs: to all, or to one agent."""
        if key == _ANYBODY:
            self.problem = problem
        elif problem:
            self.faults[key] = problem
        else:
            self.faults.pop(key, None)

    def _judge(self, child: Child) -> Problem | None:
        if child.ended.is_set():
            return "failed", child.failure
        missing = sorted(self._config.granted - {tool.get("name") for tool in child.tools})
        if missing:
            return "failed", f"it does not list what is granted: {', '.join(missing)}"
        return None

    def _fail(self, key: str, reason: str) -> None:
        before = self._failures.get(key)
        count = before.count + 1 if before else 0
        pause = min(_FIRST_PAUSE * 2**count, _LONGEST_PAUSE)
        self._failures[key] = _Failures(count, time.monotonic() + pause, reason)

    def _end_idle(self) -> None:
        """One child for all stays; those of single agents go, and what they hold with them."""
        if not self._own:
            return
        for key, child in list(self._children.items()):
            if not child.calls and time.monotonic() - child.used > self._idle:
                child.stop()
                del self._children[key]
