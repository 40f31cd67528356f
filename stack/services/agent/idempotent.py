"""Idempotent messages: an A2A message that is sent again gets the task that the first one began.

Messages are kept in memory, as tasks are: after a restart of the agent each message is new.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from a2a.server.context import ServerCallContext
from a2a.server.request_handlers import DefaultRequestHandler
from a2a.types import GetTaskRequest, Message, SendMessageRequest, Task
from a2a.utils.errors import InvalidParamsError, TaskNotFoundError

_MAX_FINISHED = 1000
"""How many finished messages are kept; the oldest are dropped first."""


@dataclass(frozen=True, slots=True)
class _Sent:
    """A received message: the digest of its content, and the work that it began."""

    digest: bytes
    work: asyncio.Task[Message | Task]


class IdempotentHandler(DefaultRequestHandler):
    """The SDK's handler, for callers that send a message again if they lost its answer."""

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self._sent: dict[tuple[str, str], _Sent] = {}

    async def on_message_send(
        self, params: SendMessageRequest, context: ServerCallContext
    ) -> Message | Task:
        """Process a message once, however often it is sent, even if the caller hangs up meanwhile.

        Raises InvalidParamsError for another message with the id of a known one.
        """
        key = context.user.user_name, params.message.message_id
        digest = sha256(params.message.SerializeToString(deterministic=True)).digest()
        if key not in self._sent:
            work = asyncio.create_task(super().on_message_send(params, context))
            self._sent[key] = _Sent(digest, work)
            work.add_done_callback(lambda done: self._finished(key, done))
            return await asyncio.shield(work)
        sent = self._sent[key]
        if sent.digest != digest:
            raise InvalidParamsError("another message has this messageId")
        return await self._current(await asyncio.shield(sent.work), context)

    def _finished(self, key: tuple[str, str], work: asyncio.Task[Message | Task]) -> None:
        """Drop messages that failed, which may be tried again, and the oldest finished ones."""
        if work.cancelled() or work.exception() is not None:
            del self._sent[key]
        finished = [key for key, sent in self._sent.items() if sent.work.done()]
        for old in finished[: max(0, len(finished) - _MAX_FINISHED)]:
            del self._sent[old]

    async def _current(self, answer: Message | Task, context: ServerCallContext) -> Message | Task:
        """The answer with the task's state of now, as it may have changed since."""
        if isinstance(answer, Message):
            return answer
        try:
            return await self.on_get_task(GetTaskRequest(id=answer.id), context) or answer
        except TaskNotFoundError:
            return answer
