"""A client for the agents of this machine: A2A 1.0 over JSON-RPC, and the agents' addresses."""

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


class AgentError(Exception):
    """An agent cannot be reached, or its answer is invalid; str() says why."""


class NotListeningError(AgentError):
    """No program listens at the agent's address: it has received nothing."""


@dataclass(frozen=True, slots=True)
class Answer:
    """The state of a task: its id, its state in A2A's words, its text and data."""

    task: str
    state: str
    text: str
    data: Mapping[str, Any]


def address(stacks: Path, project: str, agent: str) -> str:
    """The URL of an agent of a project. Raises AgentError if it does not run on this machine."""
    path = stacks / project / "stack.json"
    try:
        app = json.loads(path.read_text(encoding="utf-8"))["apps"][f"{project}.{agent}"]
        return str(app["url"])
    except (OSError, ValueError, KeyError, TypeError):
        raise AgentError(f"{project}.{agent} does not run on this machine") from None


async def send(
    url: str, token: str, content: str | Mapping[str, Any], *, seconds: float,
    task: str | None = None, message: str | None = None, depth: int = 0,
) -> Answer:  # fmt: skip
    """Send a message, and wait until its task ends or needs input.

    Args:
        seconds: how long to wait for the answer
        task: id of the task to continue; None: begin a new one
        message: id of the message; a message that is sent again has the same id
        depth: how often the work was delegated before

    Raises AgentError, TimeoutError.
    """
    part = {"text": content} if isinstance(content, str) else {"data": dict(content)}
    sent: dict[str, Any] = {
        "messageId": message or uuid.uuid4().hex,
        "role": "ROLE_USER",
        "parts": [part],
        "metadata": {"depth": depth},
    }
    sent |= {"taskId": task} if task else {}
    body = {"jsonrpc": "2.0", "id": 1, "method": "SendMessage", "params": {"message": sent}}
    headers = {**_HEADERS, "Authorization": f"Bearer {token}"}
    try:
        async with httpx.AsyncClient(timeout=seconds, trust_env=False) as client:
            reply = await client.post(url, json=body, headers=headers)
            return _answer(reply)
    except httpx.TimeoutException:
        raise TimeoutError(f"no answer within {seconds:.0f} s") from None
    except httpx.ConnectError:
        raise NotListeningError(f"{url} does not answer (ConnectError)") from None
    except httpx.HTTPError as error:
        raise AgentError(f"{url} does not answer ({type(error).__name__})") from None


def _answer(reply: httpx.Response) -> Answer:
    try:
        return _task(reply.json()["result"]["task"])
    except (ValueError, KeyError, TypeError, AttributeError):
        raise AgentError(
            f"invalid answer, status {reply.status_code}: {reply.text[:200]}"
        ) from None


def _task(task: Mapping[str, Any]) -> Answer:
    """The state of a task, as an agent answered it. Raises if a field is missing."""
    status = task["status"]
    parts = [part for artifact in task.get("artifacts", ()) for part in artifact.get("parts", ())]
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
