"""How an agent does a task in A2A's terms: works, asks its caller, ends with an artifact."""

from __future__ import annotations

import json
from abc import abstractmethod
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import httpx
from a2a.helpers import get_data_parts, new_data_part, new_task_from_user_message, new_text_part
from a2a.server.agent_execution import AgentExecutor, RequestContext
from a2a.server.events import EventQueue
from a2a.server.tasks import TaskUpdater
from a2a.types import TaskState
from google.protobuf.json_format import MessageToDict

from stack.services.agent.model import Model, ModelFault
from stack.services.agent.task import Asked, Decision, Done, Task
from stack.services.agent.toolbox import Toolbox
from stack.web import a2a
from stack.web.a2a import Answer, Unreachable

_DEEPEST, _SECONDS = 5, 900.0
_YES, _NO = ("approve", "approved", "yes"), ("reject", "rejected", "no")
_STACKS = Path("generated/pm2")


class Executor(AgentExecutor):
    """A step of a task: subclasses say what comes of a message."""

    async def execute(self, context: RequestContext, event_queue: EventQueue) -> None:
        """Do a step, and tell the caller how the task stands."""
        assert context.message is not None
        task = context.current_task or new_task_from_user_message(context.message)
        if context.current_task is None:
            await event_queue.enqueue_event(task)
        updater = TaskUpdater(event_queue, task.id, task.context_id)
        await updater.update_status(TaskState.TASK_STATE_WORKING)
        try:
            outcome = await self.step(task.id, context)
        except (ModelFault, Unreachable, TimeoutError) as error:
            await updater.failed(updater.new_agent_message([new_text_part(str(error))]))
            return
        if isinstance(outcome, Asked):
            await updater.requires_input(
                updater.new_agent_message([new_text_part(outcome.question)])
            )
        else:
            parts = [new_text_part(outcome.text), new_data_part(dict(outcome.data))]
            await updater.add_artifact(parts)
            await updater.complete()

    async def cancel(self, context: RequestContext, event_queue: EventQueue) -> None:
        """Forget a task."""
        assert context.task_id is not None
        self.forget(context.task_id)
        updater = TaskUpdater(event_queue, context.task_id, context.context_id or "")
        await updater.cancel()

    @abstractmethod
    async def step(self, task: str, context: RequestContext) -> Asked | Done:
        """What a message to a task leads to. Raises ModelFault, Unreachable, TimeoutError."""

    @abstractmethod
    def forget(self, task: str) -> None:
        """A task will not be continued."""


class Conversations(Executor):
    """An agent with a model: one conversation for each task, kept while it waits for a person."""

    def __init__(
        self, identity: str, prompt: str, threshold: float, model: Model, toolbox: Toolbox,
        token: str,
    ) -> None:  # fmt: skip
        self._identity, self._prompt, self._threshold = identity, prompt, threshold
        self._model, self._toolbox, self._token = model, toolbox, token
        self._tasks: dict[str, Task] = {}

    async def step(self, task: str, context: RequestContext) -> Asked | Done:
        """Begin a conversation, or go on after a person's answer."""
        conversation = self._tasks.pop(task, None)
        if conversation is None:
            depth = _depth(context)
            if depth > _DEEPEST:
                raise Unreachable(f"work was handed on more than {_DEEPEST} times")
            conversation = self._new(task, depth)
            outcome = await conversation.start(_said(context))
        elif (approved := _decision(context)) is None:
            outcome = Asked("Say approve, or reject.")
        else:
            by = context.call_context.user.user_name
            outcome = await conversation.decide(Decision(approved, by))
        if isinstance(outcome, Asked):
            self._tasks[task] = conversation
        return outcome

    def forget(self, task: str) -> None:
        """Drop the conversation."""
        self._tasks.pop(task, None)

    def _new(self, task: str, depth: int) -> Task:
        project = self._identity.partition(".")[0]

        async def hand_over(agent: str, said: str, theirs: str | None) -> Answer:
            url = a2a.address(_STACKS, project, agent)
            return await a2a.send(
                url, self._token, said, seconds=_SECONDS, task=theirs, depth=depth + 1
            )

        return Task(
            task, self._identity, self._prompt, self._threshold, self._model, self._toolbox,
            hand_over,
        )  # fmt: skip


class Orchestration(Executor):
    """The platform's orchestrator: hands a task to the first active agent with a capability."""

    def __init__(self, token: str, registry: str) -> None:
        self._token, self._registry = token, registry
        self._waiting: dict[str, tuple[str, str]] = {}  # by task: the agent's address and its task

    async def step(self, task: str, context: RequestContext) -> Asked | Done:
        """Find an agent and pass on its answer, or a person's answer to it."""
        if task in self._waiting:
            approved = _decision(context)
            if approved is None:
                return Asked("Say approve, or reject.")
            url, theirs = self._waiting.pop(task)
            said: str | dict[str, Any] = "approve" if approved else "reject"
            answer = await a2a.send(url, self._token, said, seconds=_SECONDS, task=theirs)
        else:
            asked = _data(context)
            url = await self._find(asked)
            content = asked.get("input", "")
            said = content if isinstance(content, (str, dict)) else str(content)
            answer = await a2a.send(url, self._token, said, seconds=_SECONDS, depth=1)
        if answer.state == a2a.INPUT_REQUIRED:
            self._waiting[task] = (url, answer.task)
            return Asked(answer.text)
        if answer.state != a2a.COMPLETED:
            raise Unreachable(f"the agent's task is {answer.state}: {answer.text}")
        return Done(answer.text, answer.data)

    def forget(self, task: str) -> None:
        """Do not wait any more."""
        self._waiting.pop(task, None)

    async def _find(self, asked: Mapping[str, Any]) -> str:
        capability = str(asked.get("capability", ""))
        query = {"capability": capability, "status": "active"}
        query |= {"project": str(asked["project"])} if "project" in asked else {}
        try:
            async with httpx.AsyncClient(timeout=10, trust_env=False) as client:
                reply = await client.get(f"{self._registry}/agents", params=query)
                everybody = await client.get(f"{self._registry}/agents")
            found = [agent["id"] for agent in reply.json()["agents"]]
            known = {c for agent in everybody.json()["agents"] for c in agent["capabilities"]}
        except (httpx.HTTPError, ValueError, KeyError) as error:
            raise Unreachable(f"the registry is away ({type(error).__name__})") from None
        if not found:
            there = ", ".join(sorted(known))
            raise Unreachable(f"no active agent can do `{capability}`; there is: {there}")
        project, _, agent = found[0].partition(".")
        return a2a.address(_STACKS, project, agent)


def _said(context: RequestContext) -> str:
    """The text of a message; data is handed on as JSON."""
    assert context.message is not None
    data = [json.dumps(part, ensure_ascii=False) for part in get_data_parts(context.message.parts)]
    return "\n".join(filter(None, [context.get_user_input(), *data]))


def _data(context: RequestContext) -> dict[str, Any]:
    """The data of a message; `capability: ...` in a text is data too."""
    assert context.message is not None
    found: dict[str, Any] = {}
    for part in get_data_parts(context.message.parts):
        found |= part if isinstance(part, dict) else {}
    text = context.get_user_input()
    first, _, rest = text.partition("\n")
    if first.lower().startswith("capability:"):
        found |= {"capability": first.partition(":")[2].strip(), "input": rest.strip() or text}
    return found


def _decision(context: RequestContext) -> bool | None:
    """What a person said to a question; None: neither yes nor no."""
    data, word = _data(context), context.get_user_input().strip().lower()
    if isinstance(data.get("approve"), bool):
        return bool(data["approve"])
    return True if word in _YES else False if word in _NO else None


def _depth(context: RequestContext) -> int:
    """How often work was handed on before; what is no number is too often."""
    assert context.message is not None
    depth = MessageToDict(context.message.metadata).get("depth", 0)
    return int(depth) if isinstance(depth, (int, float)) and 0 <= depth < _DEEPEST + 1 else 2**31
