"""Agents on this machine: their addresses (generated/pm2/*/stack.json), health, and cards."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx

_TIMEOUT = 3.0  # seconds


def address(generated: Path, id: str) -> dict[str, Any] | None:
    """The app of an agent in its stack.json (`url`, `health`); None: it does not run here."""
    path = generated / "pm2" / id.partition(".")[0] / "stack.json"
    if not path.exists():
        return None
    app = json.loads(path.read_text(encoding="utf-8"))["apps"].get(id)
    return app if app and app["url"] else None


async def health(generated: Path, id: str) -> dict[str, Any]:
    """The answer of an agent's health endpoint now; redirects are not followed."""
    app = address(generated, id)
    if app is None or not app["health"]:
        return {"id": id, "healthy": False, "reason": "it is in no stack of this machine"}
    try:
        async with httpx.AsyncClient(timeout=_TIMEOUT, trust_env=False) as client:
            answer = await client.get(app["url"] + app["health"])
    except httpx.HTTPError as error:
        return {"id": id, "healthy": False, "reason": type(error).__name__}
    return {"id": id, "healthy": answer.is_success, "reason": f"HTTP {answer.status_code}"}


def card(generated: Path, id: str) -> dict[str, Any] | None:
    """An agent's A2A card, with its address on this machine; None: it has no card."""
    path = generated / "registry" / "cards" / f"{id}.json"
    if not path.exists():
        return None
    content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    app = address(generated, id)
    if app:
        for interface in content["supportedInterfaces"]:
            interface["url"] = app["url"] + urlsplit(interface["url"]).path
    return content
