"""What MCP servers list, asked by the local stack, which knows how to start, hear and end them."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from compiler.cli.session import fail
from compiler.diagnostic import visible

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
    """What each server lists now, and why some could not be asked.

    Their programs are started in `root`, as on a laptop.
    """
    from compiler import tool_lock

    servers = tuple(servers)
    answers = _asked(root, [_question(server) for server in servers]) if servers else {}
    found: dict[str, Listed] = {}
    failed: dict[str, str] = {}
    for server in servers:
        answer, package = answers[server.name], server.spec.package
        assert package is not None, server.name
        try:
            tools = tool_lock.by_name(answer.get("tools"))
            found[server.name] = tool_lock.Listed(tool_lock.started(package), tools)
        except ValueError as why:
            failed[server.name] = answer.get("failed", str(why))
    return found, failed


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
        fail("the local stack asks servers, and is not there: make .venv/stack/.ready")
    question = json.dumps({"version": 1, "servers": servers})
    done = subprocess.run(
        [_PYTHON, "-P", "-m", "stack", "tools"],
        input=question, cwd=root, env={**os.environ, "PYTHONPATH": str(_HOUSE)},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    try:
        answers = json.loads(done.stdout)["servers"]
        return {server["server"]: dict(answers[server["server"]]) for server in servers}
    except (ValueError, KeyError, TypeError):
        last = (done.stderr.strip().splitlines() or ["nothing said"])[-1]
        fail(f"the local stack does not answer: {visible(last)}")
