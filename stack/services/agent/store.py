"""The tasks of an agent in memory: all unfinished ones, and the newest of the finished ones."""

from __future__ import annotations

from a2a.server.context import ServerCallContext
from a2a.server.tasks import InMemoryTaskStore
from a2a.types import Task, TaskState

from stack.services.agent.authentication import Caller

MAX_FINISHED = 1000
_FINAL = frozenset((
    TaskState.TASK_STATE_COMPLETED, TaskState.TASK_STATE_FAILED, TaskState.TASK_STATE_CANCELED,
    TaskState.TASK_STATE_REJECTED,
))  # fmt: skip


class TaskStore(InMemoryTaskStore):
    """Keeps `most` finished tasks of all callers together; the one that finished first goes first.

    A task that runs, or waits for a person, is never dropped.
    """

    def __init__(self, most: int = MAX_FINISHED) -> None:
        super().__init__()
        self._most = most
        self._finished: dict[str, str] = {}  # owner by task, in the order in which they finished

    async def save(self, task: Task, context: ServerCallContext) -> None:
        """Keep a task as it is now, and drop the oldest finished tasks above the limit."""
        await super().save(task, context)
        if task.status.state in _FINAL:
            self._finished.setdefault(task.id, context.user.user_name)
        while len(self._finished) > self._most:
            oldest = next(iter(self._finished))
            await self.delete(oldest, ServerCallContext(user=Caller(self._finished[oldest])))

    async def delete(self, task_id: str, context: ServerCallContext) -> None:
        """Drop a task of this caller."""
        if self._finished.get(task_id) == context.user.user_name:
            del self._finished[task_id]
        await super().delete(task_id, context)
