"""An engine for tests: the real program with real agents, over Debian's Redis and compiled specs.

Free ports replace those that the compiler chose.
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
from tests.accept.programs import environment, program
from tests.local.laptop import ESTATE, INPUTS, ROOT
from tests.local.model_standin import StandIn

AGENTS = ("scribe", "clerk", "lead")
EXCLUDED = "git,memory,time,everything,sequential-thinking"


def until(holds: Callable[[], Any], seconds: float = 60) -> Any:
    """Wait until a condition holds; its value."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if value := holds():
            return value
        time.sleep(0.05)
    raise AssertionError("the condition did not become true")


def step_of(first: str) -> str:
    """The step that an agent works on, by the first text of its conversation with the model."""
    return str(json.loads(first)["step"])


@dataclass
class Estate:
    """A compiled estate, and its running programs."""

    root: Path
    model: StandIn
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
        """Kill a program, as a power cut does."""
        self.running[name].send_signal(signal.SIGKILL)
        self.running.pop(name).wait()

    def ready(self) -> httpx.Response:
        """The answer of the engine's /readyz."""
        return httpx.get(f"{self.url}/readyz", timeout=30)

    def ask(
        self, method: str, path: str, caller: str = "operator", **more: Any
    ) -> httpx.Response:  # fmt: skip
        """A request to the engine."""
        headers = {"Authorization": f"Bearer {self.token(caller)}"}
        return httpx.request(method, f"{self.url}{path}", headers=headers, timeout=30, **more)

    def token(self, identity: str) -> str:
        """The bearer token of an identity."""
        return read(self.root / "tokens.json")[identity]

    def begin(self, workflow: str, input: Any = "hello") -> str:
        """Start a run; its id."""
        body = {"input": input}
        return str(self.ask("POST", f"/workflows/demo/{workflow}/runs", json=body).json()["run"])

    def runs(self, workflow: str) -> list[dict[str, Any]]:
        """The runs of a workflow, the oldest first."""
        runs = self.ask("GET", "/runs").json()["runs"]
        return [run for run in runs if run["workflow"] == workflow]

    def ends(self, run: str, wanted: str) -> dict[str, Any]:
        """Wait until a run does not run any more; it must be in this state."""

        def stopped() -> dict[str, Any] | None:
            current = dict(self.ask("GET", f"/runs/{run}").json())
            return None if current["state"] in ("queued", "running") else current

        last = until(stopped)
        assert last["state"] == wanted, last
        return dict(last)

    def answered(self, run: str) -> list[str]:
        """The steps of a run whose answers the engine has stored."""
        with sqlite3.connect(f"file:{self.root / 'state.sqlite'}?mode=ro", uri=True) as database:
            query = "SELECT step FROM answers WHERE run = ?"
            return [step for (step,) in database.execute(query, (run,))]

    def checkpoints(self, run: str) -> int:
        """How many checkpoints of a run LangGraph has stored."""
        with sqlite3.connect(f"file:{self.root / 'state.sqlite'}?mode=ro", uri=True) as database:
            query = "SELECT count(*) FROM checkpoints WHERE thread_id = ?"
            return int(database.execute(query, (run,)).fetchone()[0])

    def asked(self) -> list[str]:
        """The steps of the requests to the model, in order."""
        return [step_of(first) for first in self.model.asked]

    def content(self, index: int) -> dict[str, Any]:
        """The content that an agent received with a step."""
        return dict(json.loads(self.model.asked[index]))

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
            **(environment() if name == "redis" else os.environ), "PYTHONPATH": ".",
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
            "AGENT_ID": name, "MODEL_URL": self.model.url, "ANTHROPIC_API_KEY": "not-a-key",
            "MCP_CONFIG": f"generated/clients/demo/{name}/local/.mcp.json",
            "REGISTRY_URL": "http://127.0.0.1:9", "ROSTER_WITHOUT": self._without(),
        }  # fmt: skip

    def _without(self) -> str:
        return EXCLUDED + ("" if "filesystem" in self.running else ",filesystem")

    def _listens(self, name: str) -> bool:
        assert self.running[name].poll() is None, (self.root / f"{name}.log").read_text()
        if name == "redis":
            with socket.socket() as probe:
                return probe.connect_ex(("127.0.0.1", self.ports[name])) == 0
        path = "healthz" if name == "engine" else "readyz"
        try:
            return httpx.get(f"http://127.0.0.1:{self.ports[name]}/{path}").is_success
        except httpx.TransportError:
            return False


@contextmanager
def running_estate(root: Path, model: StandIn, workflows: str, *first: str) -> Iterator[Estate]:
    """An estate with these workflows, compiled; Redis, the agents and the engine run.

    The programs `first` are started before them.
    """
    estate = Estate(root, model, _compiled(root, workflows))
    try:
        for name in (*first, "redis", *AGENTS, "engine"):
            estate.start(name)
        yield estate
    finally:
        for process in estate.running.values():
            process.terminate()
        for process in estate.running.values():
            process.wait(30)


def _compiled(root: Path, workflows: str) -> dict[str, int]:
    """Compile, and replace the ports of agents and servers; all ports by name."""
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
    """A free port for each name, all different."""
    sockets = {name: socket.socket() for name in names}
    for probe in sockets.values():
        probe.bind(("127.0.0.1", 0))
    ports = {name: int(probe.getsockname()[1]) for name, probe in sockets.items()}
    for probe in sockets.values():
        probe.close()
    return ports
