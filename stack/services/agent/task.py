"""One task of an agent: the model, the tools it calls, and the people who are asked before."""

from __future__ import annotations

import json
import re
import sys
import time
from collections import deque
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from stack.services.agent.model import Model, ModelFault
from stack.services.agent.toolbox import Tool, Toolbox
from stack.web.a2a import INPUT_REQUIRED, Answer, Unreachable

_TURNS = 20
_CONFIDENCE = re.compile(
    r"(?:^|\n)[ \t]*confidence:[ \t]*(0(?:\.\d+)?|1(?:\.0+)?)\s*\Z", re.IGNORECASE
)
"""The last line of an answer, and nothing after it: a number from 0 to 1."""
_ENDED = ("end_turn", "stop_sequence", "tool_use")
"""Why an answer ended that is whole; all others were cut off, refused, or are unknown to us."""
_TOLD = "\n\nEnd your answer with a line `confidence: 0.xx`: how sure you are, from 0 to 1."
HandOver = Callable[[str, str, str | None], Awaitable[Answer]]
"""Asks an agent: its name, what it is told, and the task that is continued."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A person must agree before the task goes on: to what."""

    question: str


@dataclass(frozen=True, slots=True)
class Done:
    """The answer, and what is known of it."""

    text: str
    data: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Decision:
    """What was said to a question, and by which identity."""

    approved: bool
    by: str

    @property
    def word(self) -> str:
        """As the log says it."""
        return "approved" if self.approved else "refused"


@dataclass(frozen=True, slots=True)
class Call:
    """A call of a tool as the log has it: `began` in monotonic seconds, `delegated`: the task."""

    tool: str
    decision: str
    began: float
    decided: Decision | None = None
    delegated: str | None = None

    def line(self) -> dict[str, Any]:
        """What the log says of it."""
        return {
            "tool": self.tool,
            "decision": self.decision,
            "by": self.decided.by if self.decided else None,
            "delegated": self.delegated,
            "ms": round((time.monotonic() - self.began) * 1000),
        }


@dataclass(slots=True)
class Task:
    """A conversation with the model, which can wait for a person between two calls."""

    id: str
    identity: str
    system: str
    threshold: float
    model: Model
    toolbox: Toolbox
    hand_over: HandOver
    messages: list[dict[str, Any]] = field(default_factory=list)
    _calls: deque[Mapping[str, Any]] = field(default_factory=deque)
    _results: list[dict[str, Any]] = field(default_factory=list)
    _called: list[str] = field(default_factory=list)
    _usage: dict[str, int] = field(default_factory=lambda: {"input_tokens": 0, "output_tokens": 0})
    _turns: int = 0  # of the model, in the whole task
    _delegated: str | None = None  # the task of a delegate that waits for a person

    async def start(self, text: str) -> Asked | Done:
        """Begin with what the caller said. Raises ModelFault."""
        self.messages.append({"role": "user", "content": text})
        return await self._advance(None)

    async def decide(self, decision: Decision) -> Asked | Done:
        """Go on after a person has said yes or no. Raises ModelFault."""
        return await self._advance(decision)

    async def _advance(self, decision: Decision | None) -> Asked | Done:
        while self._turns < _TURNS:
            while self._calls:
                result = await self._call(self._calls[0], decision)
                decision = None
                if isinstance(result, Asked):
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
        raise ModelFault(f"the model has called tools {_TURNS} times, and not ended")

    async def _ask(self) -> Done | None:
        """The model's next turn: its answer, or None where it calls tools."""
        tools = [tool.definition for tool in self.toolbox.tools.values()]
        reply = await self.model.answer(self.system + _TOLD, self.messages, tools)
        if reply.get("stop_reason") not in _ENDED:
            raise ModelFault(f"the model's answer is not whole: {reply.get('stop_reason')}")
        self.messages.append({"role": "assistant", "content": reply["content"]})
        for key in self._usage:
            self._usage[key] += int(reply.get("usage", {}).get(key, 0))
        self._calls.extend(part for part in reply["content"] if part["type"] == "tool_use")
        if self._calls:
            return None
        texts = [part["text"] for part in reply["content"] if part["type"] == "text"]
        return self._done("\n".join(texts))

    def _done(self, text: str) -> Done:
        found = _CONFIDENCE.search(text)
        confidence = float(found[1]) if found else None
        escalated = confidence is None or confidence < self.threshold
        data: dict[str, Any] = {
            "confidence": confidence,
            "escalated": escalated,
            "tools": self._called,
            "usage": self._usage,
        }
        if escalated:
            data["reason"] = f"its confidence is {confidence}, and {self.threshold} is asked"
        return Done(_CONFIDENCE.sub("", text).strip(), data)

    async def _call(
        self, use: Mapping[str, Any], decision: Decision | None
    ) -> Asked | dict[str, Any]:
        """What a call of a tool gives, or what a person is asked before."""
        tool, began = self.toolbox.tools.get(str(use["name"])), time.monotonic()
        if tool is None:
            call = Call("unknown", "refused", began)
            return self._told(use, call, "there is no such tool", failed=True)
        if not tool.server:
            return await self._delegate(use, tool, decision)
        name = f"{tool.server}/{tool.name}"
        if tool.human and decision is None:
            arguments = json.dumps(use["input"], ensure_ascii=False)
            return Asked(f"May {self.identity} call {name} with {arguments}?")
        call = Call(name, decision.word if decision else "allowed", began, decision)
        if decision and not decision.approved:
            return self._told(use, call, "a person refused this call", failed=True)
        text, failed = await self.toolbox.call(tool, use["input"])
        return self._told(use, call, text, failed=failed)

    async def _delegate(
        self, use: Mapping[str, Any], tool: Tool, decision: Decision | None
    ) -> Asked | dict[str, Any]:
        """Another agent's answer; what it asks a person, this task asks too."""
        word = decision.word if decision else "allowed"
        call = Call(f"delegate/{tool.name}", word, time.monotonic(), decision)
        said = str(use["input"].get("task", ""))
        if self._delegated:
            said = "approve" if decision and decision.approved else "reject"
        try:
            answer = await self.hand_over(tool.name, said, self._delegated)
        except (Unreachable, TimeoutError) as error:
            self._delegated = None
            return self._told(use, call, str(error), failed=True)
        call = replace(call, delegated=answer.task)
        self._delegated = answer.task if answer.state == INPUT_REQUIRED else None
        if self._delegated:
            return Asked(answer.text)
        failed = answer.state != "completed"
        return self._told(use, call, answer.text or answer.state, failed=failed)

    def _told(
        self, use: Mapping[str, Any], call: Call, text: str, *, failed: bool
    ) -> dict[str, Any]:
        """The result for the model, and a line for the log that holds neither text nor input."""
        self._called.append(call.tool)
        line = {
            "time": datetime.now(UTC).isoformat(timespec="milliseconds"),
            "identity": self.identity,
            "task": self.id,
            **call.line(),
            "failed": failed,
        }
        sys.stdout.write(json.dumps(line) + "\n")
        sys.stdout.flush()
        return {
            "type": "tool_result", "tool_use_id": use["id"], "content": text, "is_error": failed,
        }  # fmt: skip
