"""Work handed to another agent of this machine: A2A 1.0 over JSON-RPC, and where agents listen."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

_HEADERS = {"A2A-Version": "1.0"}
_PREFIX = "TASK_STATE_"
COMPLETED, INPUT_REQUIRED = "completed", "input-required"


class Unreachable(Exception):  # noqa: N818 - what is told of an agent
    """An agent cannot be asked, or its answer is none: why."""


class NotListening(Unreachable):
    """Nobody listens where an agent should: it has heard nothing."""


@dataclass(frozen=True, slots=True)
class Answer:
    """How a task stands: its id, its state in A2A's words, and what was said."""

    task: str
    state: str
    text: str
    data: Mapping[str, Any]


def address(stacks: Path, project: str, agent: str) -> str:
    """Where an agent of a project listens. Raises Unreachable for one that has no port here."""
    path = stacks / project / "stack.json"
    try:
        app = json.loads(path.read_text(encoding="utf-8"))["apps"][f"{project}.{agent}"]
        return str(app["url"])
    except (OSError, ValueError, KeyError, TypeError):
        raise Unreachable(f"{project}.{agent} runs nowhere on this machine") from None


async def send(
    url: str, token: str, content: str | Mapping[str, Any], *, seconds: float,
    task: str | None = None, message: str | None = None, depth: int = 0,
) -> Answer:  # fmt: skip
    """Send a message, and wait until its task ends or asks. `task` continues one.

    `message` is its id: the same one is the same message. Raises Unreachable, and TimeoutError.
    """
    part = {"text": content} if isinstance(content, str) else {"data": dict(content)}
    said: dict[str, Any] = {
        "messageId": message or uuid.uuid4().hex,
        "role": "ROLE_USER",
        "parts": [part],
        "metadata": {"depth": depth},
    }
    said |= {"taskId": task} if task else {}
    body = {"jsonrpc": "2.0", "id": 1, "method": "SendMessage", "params": {"message": said}}
    headers = {**_HEADERS, "Authorization": f"Bearer {token}"}
    try:
        async with httpx.AsyncClient(timeout=seconds, trust_env=False) as client:
            reply = await client.post(url, json=body, headers=headers)
            return _answer(reply)
    except httpx.TimeoutException:
        raise TimeoutError(f"no answer within {seconds:.0f} s") from None
    except httpx.ConnectError:
        raise NotListening(f"{url} does not answer (ConnectError)") from None
    except httpx.HTTPError as error:
        raise Unreachable(f"{url} does not answer ({type(error).__name__})") from None


def _answer(reply: httpx.Response) -> Answer:
    try:
        return _stands(reply.json()["result"]["task"])
    except (ValueError, KeyError, TypeError, AttributeError):
        raise Unreachable(f"it answered {reply.status_code}: {reply.text[:200]}") from None


def _stands(task: Mapping[str, Any]) -> Answer:
    """How a task stands, as it was answered; whatever is missing in it raises."""
    status = task["status"]
    parts = [part for one in task.get("artifacts", ()) for part in one.get("parts", ())]
    parts = parts or status.get("message", {}).get("parts", [])
    data: dict[str, Any] = {}
    for part in parts:
        data |= part["data"] if isinstance(part.get("data"), dict) else {}
    return Answer(
        task=str(task["id"]),
        state=str(status["state"]).removeprefix(_PREFIX).lower().replace("_", "-"),
        text="\n".join(str(part["text"]) for part in parts if "text" in part),
        data=data,
    )
