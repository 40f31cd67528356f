"""Messages to agents by A2A 1.0 over JSON-RPC, and fields of the tasks that they answer."""

from __future__ import annotations

import time
from typing import Any

import httpx


def send(
    url: str, token: str, content: str | dict[str, Any], task: str = "", **metadata: Any
) -> dict[str, Any]:
    """Send a message with a token; the whole answer. `task`: the task to continue."""
    message = {
        "messageId": f"{time.monotonic_ns()}",
        "role": "ROLE_USER",
        "parts": [{"text": content} if isinstance(content, str) else {"data": content}],
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
    url: str, token: str, content: str | dict[str, Any], task: str = "", **metadata: Any
) -> dict[str, Any]:
    """Send a message; the task that comes back."""
    return dict(send(url, token, content, task, **metadata)["result"]["task"])


def state(task: dict[str, Any]) -> str:
    """The state of a task: "COMPLETED", "FAILED", "INPUT_REQUIRED" and others."""
    return str(task["status"]["state"]).removeprefix("TASK_STATE_")


def text(task: dict[str, Any]) -> str:
    """The text of the answer, or of the question."""
    return "\n".join(part["text"] for part in _parts(task) if "text" in part)


def data(task: dict[str, Any]) -> dict[str, Any]:
    """The data of the answer."""
    (facts,) = [part["data"] for part in _parts(task) if "data" in part]
    return dict(facts)


def _parts(task: dict[str, Any]) -> list[dict[str, Any]]:
    parts = [part for artifact in task.get("artifacts", []) for part in artifact["parts"]]
    return parts or task["status"].get("message", {}).get("parts", [])
