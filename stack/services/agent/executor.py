"""The executors of A2A tasks: an agent with a model, and the platform's orchestrator."""

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

from stack.services.agent.model import Model, ModelError
from stack.services.agent.task import ApprovalNeeded, Decision, Finished, Task
from stack.services.agent.toolbox import Toolbox
from stack.web import a2a
from stack.web.a2a import AgentError, Answer

_MAX_DEPTH = 5
"""How often work may be delegated, one agent to the next."""
_TIMEOUT = 900.0
"""Seconds that a delegate may take."""
_APPROVED, _REJECTED = ("approve", "approved", "yes"), ("reject", "rejected", "no")
_STACKS = Path("generated/pm2")
_HINT = "Say approve, or reject."


class Executor(AgentExecutor):
    """Turns the outcome of a step into A2A events; subclasses do the step."""

    async def execute(self, context: RequestContext, event_queue: EventQueue) -> None:
        """Process a message, and send the caller the task's new state."""
        assert context.message is not None
        task = context.current_task or new_task_from_user_message(context.message)
        if context.current_task is None:
            await event_queue.enqueue_event(task)
        updater = TaskUpdater(event_queue, task.id, task.context_id)
        await updater.update_status(TaskState.TASK_STATE_WORKING)
        try:
            outcome = await self.step(task.id, context)
        except (ModelError, AgentError, TimeoutError) as error:
            await updater.failed(updater.new_agent_message([new_text_part(str(error))]))
            return
        if isinstance(outcome, ApprovalNeeded):
            await updater.requires_input(
                updater.new_agent_message([new_text_part(outcome.question)])
            )
        else:
            parts = [new_text_part(outcome.text), new_data_part(dict(outcome.data))]
            await updater.add_artifact(parts)
            await updater.complete()

    async def cancel(self, context: RequestContext, event_queue: EventQueue) -> None:
        """Cancel a task."""
        assert context.task_id is not None
        self.forget(context.task_id)
        updater = TaskUpdater(event_queue, context.task_id, context.context_id or "")
        await updater.cancel()

    @abstractmethod
    async def step(self, task: str, context: RequestContext) -> ApprovalNeeded | Finished:
        """Process a message to a task. Raises ModelError, AgentError, TimeoutError."""

    @abstractmethod
    def forget(self, task: str) -> None:
        """Drop a task, which will not be continued."""


class Conversations(Executor):
    """An agent with a model: one conversation for each task, kept while it waits for a person."""

    def __init__(
        self, identity: str, prompt: str, threshold: float, model: Model, toolbox: Toolbox,
        token: str,
    ) -> None:  # fmt: skip
        self._identity, self._prompt, self._threshold = identity, prompt, threshold
        self._model, self._toolbox, self._token = model, toolbox, token
        self._tasks: dict[str, Task] = {}

    async def step(self, task: str, context: RequestContext) -> ApprovalNeeded | Finished:
        """Begin a conversation, or continue one after a person's answer."""
        conversation = self._tasks.pop(task, None)
        if conversation is None:
            depth = _depth(context)
            if depth > _MAX_DEPTH:
                raise AgentError(f"work was delegated more than {_MAX_DEPTH} times")
            conversation = self._new(task, depth)
            outcome = await conversation.start(_text(context))
        elif (approved := _decision(context)) is None:
            outcome = ApprovalNeeded(_HINT)
        else:
            by = context.call_context.user.user_name
            outcome = await conversation.decide(Decision(approved, by))
        if isinstance(outcome, ApprovalNeeded):
            self._tasks[task] = conversation
        return outcome

    def forget(self, task: str) -> None:
        """Drop the conversation."""
        self._tasks.pop(task, None)

    def _new(self, task: str, depth: int) -> Task:
        project = self._identity.partition(".")[0]

        async def delegate(agent: str, text: str, continued: str | None) -> Answer:
            url = a2a.address(_STACKS, project, agent)
            return await a2a.send(
                url, self._token, text, seconds=_TIMEOUT, task=continued, depth=depth + 1
            )

        return Task(
            task, self._identity, self._prompt, self._threshold, self._model, self._toolbox,
            delegate,
        )  # fmt: skip


class Orchestration(Executor):
    """The platform's orchestrator: gives a task to the first active agent with a capability."""

    def __init__(self, token: str, registry: str) -> None:
        self._token, self._registry = token, registry
        self._waiting: dict[
            str, tuple[str, str]
        ] = {}  # by task: the agent's URL and the task there

    async def step(self, task: str, context: RequestContext) -> ApprovalNeeded | Finished:
        """Send a task to an agent and return its answer, or send it a person's answer."""
        if task in self._waiting:
            approved = _decision(context)
            if approved is None:
                return ApprovalNeeded(_HINT)
            url, waiting = self._waiting.pop(task)
            word = "approve" if approved else "reject"
            answer = await a2a.send(url, self._token, word, seconds=_TIMEOUT, task=waiting)
        else:
            request = _data(context)
            url = await self._find(request)
            value = request.get("input", "")
            content = value if isinstance(value, (str, dict)) else str(value)
            answer = await a2a.send(url, self._token, content, seconds=_TIMEOUT, depth=1)
        if answer.state == a2a.INPUT_REQUIRED:
            self._waiting[task] = (url, answer.task)
            return ApprovalNeeded(answer.text)
        if answer.state != a2a.COMPLETED:
            raise AgentError(f"the agent's task is {answer.state}: {answer.text}")
        return Finished(answer.text, answer.data)

    def forget(self, task: str) -> None:
        """Drop a task that waits for a person."""
        self._waiting.pop(task, None)

    async def _find(self, request: Mapping[str, Any]) -> str:
        """The URL of the first active agent with a capability. Raises AgentError."""
        capability = str(request.get("capability", ""))
        query = {"capability": capability, "status": "active"}
        query |= {"project": str(request["project"])} if "project" in request else {}
        try:
            async with httpx.AsyncClient(timeout=10, trust_env=False) as client:
                reply = await client.get(f"{self._registry}/agents", params=query)
                every = await client.get(f"{self._registry}/agents")
            ids = [agent["id"] for agent in reply.json()["agents"]]
            capabilities = {c for agent in every.json()["agents"] for c in agent["capabilities"]}
        except (httpx.HTTPError, ValueError, KeyError) as error:
            raise AgentError(f"the registry is not reachable ({type(error).__name__})") from None
        if not ids:
            names = ", ".join(sorted(capabilities))
            raise AgentError(f"no active agent has `{capability}`; capabilities are: {names}")
        project, _, agent = ids[0].partition(".")
        return a2a.address(_STACKS, project, agent)


def _text(context: RequestContext) -> str:
    """The text of a message, with its data as JSON."""
    assert context.message is not None
    data = [json.dumps(part, ensure_ascii=False) for part in get_data_parts(context.message.parts)]
    return "\n".join(filter(None, [context.get_user_input(), *data]))


def _data(context: RequestContext) -> dict[str, Any]:
    """The data of a message; a text's first line `capability: ...` is data too."""
    assert context.message is not None
    data: dict[str, Any] = {}
    for part in get_data_parts(context.message.parts):
        data |= part if isinstance(part, dict) else {}
    text = context.get_user_input()
    first, _, rest = text.partition("\n")
    if first.lower().startswith("capability:"):
        data |= {"capability": first.partition(":")[2].strip(), "input": rest.strip() or text}
    return data


def _decision(context: RequestContext) -> bool | None:
    """A person's answer to a question; None: neither approval nor rejection."""
    data, word = _data(context), context.get_user_input().strip().lower()
    if isinstance(data.get("approve"), bool):
        return bool(data["approve"])
    return True if word in _APPROVED else False if word in _REJECTED else None


def _depth(context: RequestContext) -> int:
    """How often the work was delegated before; an invalid number counts as too often."""
    assert context.message is not None
    depth = MessageToDict(context.message.metadata).get("depth", 0)
    return int(depth) if isinstance(depth, (int, float)) and 0 <= depth < _MAX_DEPTH + 1 else 2**31
