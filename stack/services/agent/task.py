"""One task of an agent: a conversation with the model, its tool calls, and their approvals."""

from __future__ import annotations

import json
import re
import time
from collections import deque
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from stack.services.agent.model import Model, ModelError
from stack.services.agent.toolbox import Tool, Toolbox
from stack.web.a2a import COMPLETED, INPUT_REQUIRED, AgentError, Answer
from stack.web.log import log, now

_MAX_TURNS = 20
_CONFIDENCE = re.compile(
    r"(?:^|\n)[ \t]*confidence:[ \t]*(0(?:\.\d+)?|1(?:\.0+)?)\s*\Z", re.IGNORECASE
)
"""The last line of an answer: a number from 0 to 1."""
_COMPLETE = ("end_turn", "stop_sequence", "tool_use")
"""The stop reasons of complete answers; all others mean cut off, refused, or unknown."""
_INSTRUCTION = "\n\nEnd your answer with a line `confidence: 0.xx`: how sure you are, from 0 to 1."
Delegate = Callable[[str, str, str | None], Awaitable[Answer]]
"""Sends another agent a text: its name, the text, and the task to continue or None."""


@dataclass(frozen=True, slots=True)
class ApprovalNeeded:
    """A person must approve before the task goes on; `question`: to what."""

    question: str


@dataclass(frozen=True, slots=True)
class Finished:
    """The answer, and facts about it: confidence, tools, tokens."""

    text: str
    data: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Decision:
    """A person's answer to a question, and the identity that gave it."""

    approved: bool
    by: str

    @property
    def word(self) -> str:
        """The word for it in the log."""
        return "approved" if self.approved else "refused"


@dataclass(frozen=True, slots=True)
class Call:
    """A tool call for the log: `began` in monotonic seconds, `delegated`: the delegate's task."""

    tool: str
    decision: str
    began: float
    approval: Decision | None = None
    delegated: str | None = None

    def line(self) -> dict[str, Any]:
        """Its fields in the log."""
        return {
            "tool": self.tool,
            "decision": self.decision,
            "by": self.approval.by if self.approval else None,
            "delegated": self.delegated,
            "ms": round((time.monotonic() - self.began) * 1000),
        }


@dataclass(slots=True)
class Task:
    """A conversation with the model, which can wait for a person before a call."""

    id: str
    identity: str
    system: str
    threshold: float
    model: Model
    toolbox: Toolbox
    delegate: Delegate
    messages: list[dict[str, Any]] = field(default_factory=list)
    _calls: deque[Mapping[str, Any]] = field(default_factory=deque)
    _results: list[dict[str, Any]] = field(default_factory=list)
    _called: list[str] = field(default_factory=list)
    _usage: dict[str, int] = field(default_factory=lambda: {"input_tokens": 0, "output_tokens": 0})
    _turns: int = 0  # of the model, in the whole task
    _delegated: str | None = None  # a delegate's task that waits for a person

    async def start(self, text: str) -> ApprovalNeeded | Finished:
        """Begin with the caller's text. Raises ModelError."""
        self.messages.append({"role": "user", "content": text})
        return await self._advance(None)

    async def decide(self, decision: Decision) -> ApprovalNeeded | Finished:
        """Continue after a person's decision. Raises ModelError."""
        return await self._advance(decision)

    async def _advance(self, decision: Decision | None) -> ApprovalNeeded | Finished:
        while self._turns < _MAX_TURNS:
            while self._calls:
                result = await self._call(self._calls[0], decision)
                decision = None
                if isinstance(result, ApprovalNeeded):
                    return result
                self._results.append(result)
                self._calls.popleft()
            if self._results:
                self.messages.append({"role": "user", "content": self._results})
                self._results = []
            self._turns += 1
            done = await self._ask()
            if done is not None:
                return done
        raise ModelError(f"the model has called tools {_MAX_TURNS} times without an answer")

    async def _ask(self) -> Finished | None:
        """The model's next turn: its answer, or None where it calls tools."""
        tools = [tool.definition for tool in self.toolbox.tools.values()]
        reply = await self.model.answer(self.system + _INSTRUCTION, self.messages, tools)
        if reply.get("stop_reason") not in _COMPLETE:
            raise ModelError(f"the model's answer is incomplete: {reply.get('stop_reason')}")
        self.messages.append({"role": "assistant", "content": reply["content"]})
        for key in self._usage:
            self._usage[key] += int(reply.get("usage", {}).get(key, 0))
        self._calls.extend(part for part in reply["content"] if part["type"] == "tool_use")
        if self._calls:
            return None
        texts = [part["text"] for part in reply["content"] if part["type"] == "text"]
        return self._finished("\n".join(texts))

    def _finished(self, text: str) -> Finished:
        match = _CONFIDENCE.search(text)
        confidence = float(match[1]) if match else None
        escalated = confidence is None or confidence < self.threshold
        data: dict[str, Any] = {
            "confidence": confidence,
            "escalated": escalated,
            "tools": self._called,
            "usage": self._usage,
        }
        if escalated:
            data["reason"] = f"its confidence is {confidence}, and {self.threshold} is required"
        return Finished(_CONFIDENCE.sub("", text).strip(), data)

    async def _call(
        self, use: Mapping[str, Any], decision: Decision | None
    ) -> ApprovalNeeded | dict[str, Any]:
        """The result of a tool call, or the question that a person must answer before."""
        tool, began = self.toolbox.tools.get(str(use["name"])), time.monotonic()
        if tool is None:
            call = Call("unknown", "refused", began)
            return self._result(use, call, "there is no such tool", failed=True)
        if not tool.server:
            return await self._call_delegate(use, tool, decision)
        name = f"{tool.server}/{tool.name}"
        if tool.human and decision is None:
            arguments = json.dumps(use["input"], ensure_ascii=False)
            return ApprovalNeeded(f"May {self.identity} call {name} with {arguments}?")
        call = Call(name, decision.word if decision else "allowed", began, decision)
        if decision and not decision.approved:
            return self._result(use, call, "a person refused this call", failed=True)
        text, failed = await self.toolbox.call(tool, use["input"])
        return self._result(use, call, text, failed=failed)

    async def _call_delegate(
        self, use: Mapping[str, Any], tool: Tool, decision: Decision | None
    ) -> ApprovalNeeded | dict[str, Any]:
        """Another agent's answer; a question that it asks a person becomes this task's question."""
        word = decision.word if decision else "allowed"
        call = Call(f"delegate/{tool.name}", word, time.monotonic(), decision)
        text = str(use["input"].get("task", ""))
        if self._delegated:
            text = "approve" if decision and decision.approved else "reject"
        try:
            answer = await self.delegate(tool.name, text, self._delegated)
        except (AgentError, TimeoutError) as error:
            self._delegated = None
            return self._result(use, call, str(error), failed=True)
        call = replace(call, delegated=answer.task)
        self._delegated = answer.task if answer.state == INPUT_REQUIRED else None
        if self._delegated:
            return ApprovalNeeded(answer.text)
        failed = answer.state != COMPLETED
        return self._result(use, call, answer.text or answer.state, failed=failed)

    def _result(
        self, use: Mapping[str, Any], call: Call, text: str, *, failed: bool
    ) -> dict[str, Any]:
        """The result for the model; logs the call, without its input and result."""
        self._called.append(call.tool)
        entry = {
            "time": now(),
            "identity": self.identity,
            "task": self.id,
            **call.line(),
            "failed": failed,
        }
        log(entry)
        return {
            "type": "tool_result", "tool_use_id": use["id"], "content": text, "is_error": failed,
        }  # fmt: skip
