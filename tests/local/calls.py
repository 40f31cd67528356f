"""Messages to agents, as A2A 1.0 over JSON-RPC has them, and what is read of the tasks."""

from __future__ import annotations

import time
from typing import Any

import httpx


def send(
    url: str, token: str, said: str | dict[str, Any], task: str = "", **metadata: Any
) -> dict[str, Any]:
    """Send a message as whoever the token is; the whole answer. `task` continues one."""
    message = {
        "messageId": f"{time.monotonic_ns()}",
        "role": "ROLE_USER",
        "parts": [{"text": said} if isinstance(said, str) else {"data": said}],
        **({"taskId": task} if task else {}),
        **({"metadata": metadata} if metadata else {}),
    }
    answer = httpx.post(
        url,
        headers={"Authorization": f"Bearer {token}", "A2A-Version": "1.0"},
        json={"jsonrpc": "2.0", "id": 1, "method": "SendMessage", "params": {"message": message}},
        timeout=120,
    )
    return dict(answer.json())


def say(
    url: str, token: str, said: str | dict[str, Any], task: str = "", **metadata: Any
) -> dict[str, Any]:
    """Send a message; the task that comes back."""
    return dict(send(url, token, said, task, **metadata)["result"]["task"])


def state(task: dict[str, Any]) -> str:
    """How a task stands: "COMPLETED", "FAILED", "INPUT_REQUIRED" and others."""
    return str(task["status"]["state"]).removeprefix("TASK_STATE_")


def text(task: dict[str, Any]) -> str:
    """What was said at the end, or to the question."""
    return "\n".join(part["text"] for part in _parts(task) if "text" in part)


def data(task: dict[str, Any]) -> dict[str, Any]:
    """What is known of the answer."""
    (found,) = [part["data"] for part in _parts(task) if "data" in part]
    return dict(found)


def _parts(task: dict[str, Any]) -> list[dict[str, Any]]:
    parts = [part for one in task.get("artifacts", []) for part in one["parts"]]
    return parts or task["status"].get("message", {}).get("parts", [])
