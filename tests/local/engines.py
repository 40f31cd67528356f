"""An engine for tests: the real program with real agents, over Debian's Redis and compiled specs.

Its ports are free ones, put in place of those that the compiler chose.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
from redis import Redis

from stack.web.tokens import issue, read
from tests.accept.programs import program, world
from tests.local.laptop import ESTATE, INPUTS, ROOT
from tests.local.model_standin import StandIn

AGENTS = ("scribe", "clerk", "lead")
LEFT_OUT = "git,memory,time,everything,sequential-thinking"


def until(holds: Callable[[], Any], seconds: float = 60) -> Any:
    """Wait for something that is about to happen; what it is."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if found := holds():
            return found
        time.sleep(0.05)
    raise AssertionError("it did not become so")


def step_of(first: str) -> str:
    """The step for which an agent asks the model, from the first text of its conversation."""
    return str(json.loads(first)["step"])


@dataclass
class Desk:
    """A compiled estate, and what runs of it."""

    root: Path
    thinker: StandIn
    ports: dict[str, int]
    running: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.ports['engine']}"

    def redis(self) -> Redis:
        """A client of the event bus."""
        return Redis(port=self.ports["redis"], decode_responses=True)

    def start(self, name: str) -> None:
        """Start an agent, a server's bridge, the engine or Redis, and wait until it listens."""
        with (self.root / f"{name}.log").open("ab") as log:
            self.running[name] = subprocess.Popen(
                self._command(name), cwd=self.root, env=self._environment(name), stdout=log,
                stderr=log,
            )  # fmt: skip
        until(lambda: self._listens(name), 120)

    def kill(self, name: str) -> None:
        """End a program as a power cut does."""
        self.running[name].send_signal(signal.SIGKILL)
        self.running.pop(name).wait()

    def ready(self) -> httpx.Response:
        """What the engine's /readyz says."""
        return httpx.get(f"{self.url}/readyz", timeout=30)

    def ask(
        self, method: str, path: str, who: str = "operator", **more: Any
    ) -> httpx.Response:  # fmt: skip
        """A request to the engine."""
        headers = {"Authorization": f"Bearer {self.token(who)}"}
        return httpx.request(method, f"{self.url}{path}", headers=headers, timeout=30, **more)

    def token(self, who: str) -> str:
        """The bearer token of an identity."""
        return read(self.root / "tokens.json")[who]

    def begin(self, workflow: str, given: Any = "hello") -> str:
        """A new run; its id."""
        body = {"input": given}
        return str(self.ask("POST", f"/workflows/demo/{workflow}/runs", json=body).json()["run"])

    def runs(self, workflow: str) -> list[dict[str, Any]]:
        """The runs of a workflow, the oldest first."""
        found = self.ask("GET", "/runs").json()["runs"]
        return [run for run in found if run["workflow"] == workflow]

    def ends(self, run: str, wanted: str) -> dict[str, Any]:
        """A run once it is as wanted; any other end fails."""

        def over() -> dict[str, Any] | None:
            found = dict(self.ask("GET", f"/runs/{run}").json())
            return None if found["state"] in ("queued", "running") else found

        found = until(over)
        assert found["state"] == wanted, found
        return dict(found)

    def answered(self, run: str) -> list[str]:
        """The steps of a run whose answers the engine has on the disk."""
        with sqlite3.connect(f"file:{self.root / 'state.sqlite'}?mode=ro", uri=True) as database:
            query = "SELECT step FROM answers WHERE run = ?"
            return [step for (step,) in database.execute(query, (run,))]

    def checkpoints(self, run: str) -> int:
        """How many checkpoints of a run LangGraph has on the disk."""
        with sqlite3.connect(f"file:{self.root / 'state.sqlite'}?mode=ro", uri=True) as database:
            query = "SELECT count(*) FROM checkpoints WHERE thread_id = ?"
            return int(database.execute(query, (run,)).fetchone()[0])

    def asked(self) -> list[str]:
        """The steps for which the model was asked, in order; one for each request."""
        return [step_of(first) for first in self.thinker.asked]

    def content(self, index: int) -> dict[str, Any]:
        """What an agent was told with a step."""
        return dict(json.loads(self.thinker.asked[index]))

    def _command(self, name: str) -> list[str]:
        if name == "redis":
            port = str(self.ports[name])
            quiet = ["--appendonly", "yes", "--dir", str(self.root), "--loglevel", "warning"]
            return [program("redis-server"), "--port", port, "--bind", "127.0.0.1", *quiet]
        if name == "filesystem":
            config = "generated/pm2/demo/servers/filesystem.json"
            return [sys.executable, "stack/bridge.py", config]
        return [sys.executable, "stack/engine.py" if name == "engine" else "stack/agent.py"]

    def _environment(self, name: str) -> dict[str, str]:
        plain = {
            **(world() if name == "redis" else os.environ), "PYTHONPATH": ".",
            "PYTHONSAFEPATH": "1", "ROSTER_TOKENS": "tokens.json", "PORT": str(self.ports[name]),
        }  # fmt: skip
        if name == "engine":
            return plain | {
                "ENGINE_STATE": "state.sqlite", "STACKS": "generated/pm2",
                "WORKFLOWS": "generated/workflows",
                "REDIS_URL": f"redis://127.0.0.1:{self.ports['redis']}",
            }  # fmt: skip
        return plain | {
            "ACCESS": f"generated/pm2/demo/agents/{name}.json", "AGENT_PROJECT": "demo",
            "AGENT_ID": name, "MODEL_URL": self.thinker.url, "ANTHROPIC_API_KEY": "not-a-key",
            "MCP_CONFIG": f"generated/clients/demo/{name}/local/.mcp.json",
            "REGISTRY_URL": "http://127.0.0.1:9", "ROSTER_WITHOUT": self._without(),
        }  # fmt: skip

    def _without(self) -> str:
        return LEFT_OUT + ("" if "filesystem" in self.running else ",filesystem")

    def _listens(self, name: str) -> bool:
        assert self.running[name].poll() is None, (self.root / f"{name}.log").read_text()
        if name == "redis":
            with socket.socket() as one:
                return one.connect_ex(("127.0.0.1", self.ports[name])) == 0
        path = "healthz" if name == "engine" else "readyz"
        try:
            return httpx.get(f"http://127.0.0.1:{self.ports[name]}/{path}").is_success
        except httpx.TransportError:
            return False


@contextmanager
def desk(root: Path, thinker: StandIn, workflows: str, *first: str) -> Iterator[Desk]:
    """An estate with these workflows, compiled; Redis, the agents and the engine run.

    `first` is started before them.
    """
    made = Desk(root, thinker, _compiled(root, workflows))
    try:
        for name in (*first, "redis", *AGENTS, "engine"):
            made.start(name)
        yield made
    finally:
        for process in made.running.values():
            process.terminate()
        for process in made.running.values():
            process.wait(30)


def _compiled(root: Path, workflows: str) -> dict[str, int]:
    """Compile, and put free ports in: of agents, servers, the engine and Redis."""
    for name in INPUTS:
        shutil.copytree(ESTATE / name, root / name)
    (root / "projects/demo/workflow.yaml").write_text(workflows)
    (root / "stack").symlink_to(ROOT / "stack")
    roster = [str(ROOT / ".venv/bin/roster"), "generate", "--root", str(root)]
    done = subprocess.run(roster, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    issue(root / "tokens.json", ["operator", "platform.workflow-engine"])
    issue(root / "tokens.json", ["other.clerk", *(f"demo.{agent}" for agent in AGENTS)])
    apps = json.loads((root / "generated/pm2/demo/stack.json").read_text())["apps"]
    chosen = {name.rpartition(".")[2]: str(app["port"]) for name, app in apps.items()}
    ports = free(*chosen, "engine", "redis")
    for path in (root / "generated").rglob("*.json"):
        text = path.read_text()
        for name, port in chosen.items():
            text = text.replace(port, str(ports[name]))
        path.write_text(text)
    return ports


def free(*names: str) -> dict[str, int]:
    """A port for each, all different."""
    sockets = {name: socket.socket() for name in names}
    for one in sockets.values():
        one.bind(("127.0.0.1", 0))
    found = {name: int(one.getsockname()[1]) for name, one in sockets.items()}
    for one in sockets.values():
        one.close()
    return found
