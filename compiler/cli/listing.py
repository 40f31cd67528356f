"""The tools that MCP servers list; the local stack starts and stops the servers."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from compiler.cli.failure import fail
from compiler.cli.inputs import MAX_FOREIGN
from compiler.diagnostic import visible
from compiler.source import Source

if TYPE_CHECKING:
    from compiler.graph import Graph, Resource
    from compiler.model import MCPServer
    from compiler.tool_lock import Listed

_HOUSE = Path(__file__).parents[2]
_PYTHON = _HOUSE / ".venv/stack/bin/python"


def packaged(graph: Graph) -> tuple[Resource[MCPServer], ...]:
    """The servers that are published packages, by name."""
    from compiler.model import MCPServer

    return tuple(server for server in graph.all(MCPServer) if server.spec.package is not None)


def listed(
    root: Path, servers: Iterable[Resource[MCPServer]]
) -> tuple[dict[str, Listed], dict[str, str]]:
    """What each server lists now, and why some did not answer, both by server.

    Their programs are started in `root`, as on a laptop.
    """
    servers = tuple(servers)
    answers = _asked(root, [_question(server) for server in servers]) if servers else {}
    tools: dict[str, Listed] = {}
    failed: dict[str, str] = {}
    for server in servers:
        answer = answers[server.name]
        try:
            tools[server.name] = _fit(server, answer.get("tools"))
        except ValueError as why:
            failed[server.name] = answer.get("failed", str(why))
    return tools, failed


def _fit(server: Resource[MCPServer], tools: object) -> Listed:
    """What a server lists, in the form of a lock.

    Raises:
        ValueError: it cannot be kept in a lock; the text says why.
    """
    from compiler import tool_lock
    from compiler.scan import scan

    started = tool_lock.started(server.spec)
    assert started is not None, server.name
    now = tool_lock.Listed(started, tool_lock.by_name(tools))
    lock = Source(tool_lock.path(server.name), tool_lock.dump(now))
    if len(lock.text) > MAX_FOREIGN:
        raise ValueError(f"what it lists has more than {MAX_FOREIGN} bytes")
    for secret in scan(lock):
        raise ValueError(f"what it lists cannot be kept: {secret.message}")
    again, wrong = tool_lock.read(lock)
    for mistake in wrong:
        raise ValueError(f"what it lists cannot be kept: {mistake.message}")
    return again or now


def _question(server: Resource[MCPServer]) -> dict[str, Any]:
    package = server.spec.package
    assert package is not None, server.name
    return {
        "server": server.name,
        "command": package.command,
        "env": package.env,
        "secrets": [secret.name for secret in server.spec.secrets],
    }


def _asked(root: Path, servers: list[dict[str, Any]]) -> Mapping[str, Mapping[str, Any]]:
    if not _PYTHON.exists():
        fail("the local stack, which asks servers, is not installed: make .venv/stack/.ready")
    question = json.dumps({"version": 1, "servers": servers})
    own = {"PYTHONPATH": str(_HOUSE), "PYTHONIOENCODING": "utf-8"}
    try:
        done = subprocess.run(
            [_PYTHON, "-P", "-m", "stack", "tools"],
            input=question, cwd=root, env={**os.environ, **own},
            capture_output=True, encoding="utf-8", errors="replace", check=False,
        )  # fmt: skip
    except OSError as error:
        fail(f"`{_PYTHON}` cannot be started: {error.strerror}; make .venv/stack/.ready")
    try:
        answers = json.loads(done.stdout)["servers"]
        return {server["server"]: dict(answers[server["server"]]) for server in servers}
    except (ValueError, KeyError, TypeError):
        last = (done.stderr.strip().splitlines() or ["no message"])[-1]
        fail(f"the local stack does not answer: {visible(last)}")
