"""The agent registry's data: the seed that Roster wrote, and the agents' heartbeats."""

from __future__ import annotations

import json
import math
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from difflib import get_close_matches
from pathlib import Path
from typing import Any

SILENCE = 90.0  # seconds without a heartbeat after which an agent is offline
STATUSES = ("active", "degraded", "offline")
Agent = dict[str, Any]


@dataclass(frozen=True)
class Heartbeat:
    """An agent's last heartbeat: its status, its time (UTC, ISO 8601), and the clock's seconds."""

    status: str
    at: str
    tick: float


@dataclass(frozen=True)
class Seed:
    """The content of the file."""

    agents: Mapping[str, Agent]
    servers: Mapping[str, dict[str, Any]]


def load(path: Path) -> Seed:
    """Read a seed. Raises ValueError or OSError for a broken one."""
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
        agents = {agent["id"]: _checked(agent) for agent in document["agents"]}
        servers = {server["name"]: server for server in document["mcpServers"]}
    except (KeyError, TypeError) as error:
        raise ValueError(f"not a registry ({type(error).__name__}: {error})") from None
    if len(agents) < len(document["agents"]):
        raise ValueError("two agents have the same id")
    return Seed(agents, servers)


def _checked(agent: Agent) -> Agent:
    """The agent, if its fields have their types. Raises KeyError, TypeError, ValueError."""
    lists = agent["capabilities"], agent["mcpServers"], agent["embedding"]
    if not isinstance(agent["metadata"]["project"], str) or agent["status"] not in STATUSES:
        raise ValueError(f"{agent['id']} has no project or status")
    if not all(isinstance(each, list) for each in lists):
        raise ValueError(f"{agent['id']}: capabilities, mcpServers and embedding are lists")
    return agent


class Book:
    """The registry's data. `clock`: monotonic seconds. A changed seed is read again."""

    def __init__(self, path: Path, clock: Callable[[], float] = time.monotonic) -> None:
        self._path, self._clock = path, clock
        self._heartbeats: dict[str, Heartbeat] = {}
        self._seen = self._stamp()
        self._seed = load(path)
        self.fault: str | None = None

    def agents(self) -> dict[str, Agent]:
        """Every agent as it is now, by id, without its embedding."""
        return {id: self._now(agent) for id, agent in self._current().agents.items()}

    def servers(self) -> Mapping[str, dict[str, Any]]:
        """Every MCP server by name."""
        return self._current().servers

    def discover(self, capabilities: Sequence[str] = (), **equal: str | None) -> list[Agent]:
        """Agents that have all the capabilities, and the project, status and server if given."""
        return [
            agent
            for agent in self.agents().values()
            if set(capabilities) <= set(agent["capabilities"])
            and equal.get("project") in (None, agent["metadata"]["project"])
            and equal.get("status") in (None, agent["status"])
            and (equal.get("server") is None or equal["server"] in agent["mcpServers"])
        ]

    def similar(self, id: str) -> list[str]:
        """The ids most similar to an unknown one."""
        return get_close_matches(id, self._current().agents, n=3)

    def beat(self, id: str, status: str) -> Agent:
        """Record an agent's heartbeat. Raises KeyError for an unknown agent."""
        agent = self._current().agents[id]
        at = datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
        self._heartbeats[id] = Heartbeat(status, at, self._clock())
        return self._now(agent)

    def nearest(self, vector: Sequence[float], limit: int) -> list[dict[str, Any]]:
        """Agents by the cosine of their embedding with a vector, best first."""
        agents = self._current().agents
        scores = {
            id: _cosine(vector, agent["embedding"])
            for id, agent in agents.items()
            if len(agent["embedding"]) == len(vector)
        }
        best = sorted(scores, key=lambda each: (-scores[each], each))[:limit]
        return [{"score": round(scores[id], 4), "agent": self._now(agents[id])} for id in best]

    def _now(self, agent: Agent) -> Agent:
        """An agent with its present status, without its embedding."""
        plain = {key: value for key, value in agent.items() if key != "embedding"}
        heartbeat = self._heartbeats.get(agent["id"])
        if heartbeat is None:
            return plain
        silent = self._clock() - heartbeat.tick >= SILENCE
        return plain | {
            "lastHeartbeat": heartbeat.at,
            "status": "offline" if silent else heartbeat.status,
        }

    def _current(self) -> Seed:
        stamp = self._stamp()
        if stamp != self._seen:
            self._seen = stamp
            self._reload()
        return self._seed

    def _reload(self) -> None:
        try:
            self._seed, self.fault = load(self._path), None
        except (OSError, ValueError) as error:
            self.fault = f"the seed is broken, and an older one is in use: {error}"
            sys.stderr.write(self.fault + "\n")

    def _stamp(self) -> tuple[int, int]:
        try:
            status = self._path.stat()
        except FileNotFoundError:
            return 0, 0
        return status.st_mtime_ns, status.st_ino


def _cosine(left: Sequence[float], right: Sequence[float]) -> float:
    length = math.hypot(*left) * math.hypot(*right)
    return sum(a * b for a, b in zip(left, right, strict=True)) / length if length else 0.0
