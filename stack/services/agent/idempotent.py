"""An A2A message that comes again is the same message: it is answered with the task that it made.

What is known is kept in memory, as tasks are: after a restart of the agent a message is new again.
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

_KNOWN = 1000
"""Messages whose work is over, at most; the oldest are forgotten first."""


@dataclass(frozen=True, slots=True)
class _Sent:
    """A message that came: the digest of all that it says, and what is done with it."""

    digest: bytes
    work: asyncio.Task[Message | Task]


class Once(DefaultRequestHandler):
    """The SDK's handler, for callers who send a message again when they lost its answer."""

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self._sent: dict[tuple[str, str], _Sent] = {}

    async def on_message_send(
        self, params: SendMessageRequest, context: ServerCallContext
    ) -> Message | Task:
        """Do what a message asks, once: however often it comes, and whoever hangs up meanwhile.

        Raises InvalidParamsError for another message under the id of one that is known.
        """
        key = context.user.user_name, params.message.message_id
        digest = sha256(params.message.SerializeToString(deterministic=True)).digest()
        if key not in self._sent:
            work = asyncio.create_task(super().on_message_send(params, context))
            self._sent[key] = _Sent(digest, work)
            work.add_done_callback(lambda done: self._over(key, done))
            return await asyncio.shield(work)
        sent = self._sent[key]
        if sent.digest != digest:
            raise InvalidParamsError("this messageId is that of another message")
        return await self._as_it_stands(await asyncio.shield(sent.work), context)

    def _over(self, key: tuple[str, str], work: asyncio.Task[Message | Task]) -> None:
        """Forget what was refused, which may be tried again, and what is too old."""
        if work.cancelled() or work.exception() is not None:
            del self._sent[key]
        over = [one for one, sent in self._sent.items() if sent.work.done()]
        for one in over[: max(0, len(over) - _KNOWN)]:
            del self._sent[one]

    async def _as_it_stands(
        self, answer: Message | Task, context: ServerCallContext
    ) -> Message | Task:
        """A task may have gone on since the message was answered."""
        if isinstance(answer, Message):
            return answer
        try:
            return await self.on_get_task(GetTaskRequest(id=answer.id), context) or answer
        except TaskNotFoundError:
            return answer
