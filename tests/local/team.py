"""A project's agents without PM2: each program as the ecosystem files start it, one by one."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx

from stack.environment import kept
from stack.web.tokens import issue
from tests.local import calls
from tests.local.bridges import until
from tests.local.laptop import Laptop, laptop
from tests.local.model_standin import StandIn, model

SERVERS = ("filesystem", "everything")
AGENTS = ("scribe", "clerk", "lead")
KEY = "not-a-key-but-long-enough"
_READ = "console.log(JSON.stringify(require(process.argv[1]).apps))"


@dataclass
class Team:
    """The demonstration's agents, two of their servers, and the registry."""

    laptop: Laptop
    model: StandIn
    apps: Mapping[str, Any]
    environment: Mapping[str, str]
    programs: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def start(self, name: str, **environment: str) -> None:
        """Start a program, and wait until it can serve."""
        app, root = self.apps[name], self.laptop.root
        with (root / f"{name}.out").open("ab") as out, (root / f"{name}.err").open("ab") as err:
            self.programs[name] = subprocess.Popen(
                [root / ".venv/stack/bin/python", app["script"], *app.get("args", [])],
                cwd=root, stdout=out, stderr=err,
                env={**self.environment, **app["env"], **environment},
            )  # fmt: skip
        until(lambda: self._ready(name), 180)

    def stop(self, name: str) -> None:
        """End a program, as PM2 does."""
        program = self.programs.pop(name)
        program.terminate()
        program.wait(15)

    def url(self, agent: str) -> str:
        """Where an agent listens."""
        return f"http://127.0.0.1:{self._port(f'demo.{agent}')}/"

    def send(
        self, agent: str, said: str, task: str = "", by: str = "operator", **metadata: Any
    ) -> dict[str, Any]:
        """Send an agent a message; the whole answer."""
        return calls.send(self.url(agent), self.laptop.token(by), said, task, **metadata)

    def say(
        self, agent: str, said: str, task: str = "", by: str = "operator", **metadata: Any
    ) -> dict[str, Any]:
        """Send an agent a message; the task that comes back."""
        return calls.say(self.url(agent), self.laptop.token(by), said, task, **metadata)

    def log(self, agent: str) -> list[dict[str, Any]]:
        """The lines that an agent has logged."""
        text = (self.laptop.root / f"demo.{agent}.out").read_text()
        return [json.loads(line) for line in text.splitlines()]

    def errors(self, agent: str) -> str:
        """What an agent wrote to stderr."""
        return (self.laptop.root / f"demo.{agent}.err").read_text()

    def known(self, agent: str) -> dict[str, Any]:
        """What the registry knows of an agent."""
        where = f"http://127.0.0.1:{self._port('agent-registry')}/agents/demo.{agent}"
        return dict(httpx.get(where).json())

    def _port(self, name: str) -> int:
        app = self.apps[name]
        return int(app["env"]["PORT"])

    def _ready(self, name: str) -> bool:
        assert self.programs[name].poll() is None, self.errors(name.removeprefix("demo."))
        try:
            return httpx.get(f"http://127.0.0.1:{self._port(name)}/readyz").status_code == 200
        except httpx.TransportError:
            return False


@contextmanager
def team() -> Iterator[Team]:
    """All of them, ready; a stand-in is their language model."""
    with model() as thinker, laptop(ANTHROPIC_API_KEY=KEY) as made:
        apps = {app["name"]: app for stack in ("platform", "demo") for app in _apps(made, stack)}
        left = {n.removeprefix("demo.mcp.") for n in apps if n.startswith("demo.mcp.")}
        environment = {
            **kept(made.environment), "MODEL_URL": thinker.url,
            "ROSTER_WITHOUT": ",".join(sorted(left - set(SERVERS))),
        }  # fmt: skip
        people = made.generated("pm2/platform/stack.json")["identities"]
        agents = made.generated("pm2/demo/stack.json")["identities"]
        issue(made.root / ".roster/stack/tokens.json", [*people, *agents])
        found = Team(made, thinker, apps, environment)
        try:
            for name in ("agent-registry", *(f"demo.mcp.{one}" for one in SERVERS)):
                found.start(name)
            for agent in AGENTS:
                found.start(f"demo.{agent}")
            yield found
        finally:
            for name in reversed(list(found.programs)):
                found.stop(name)


def _apps(made: Laptop, stack: str) -> list[dict[str, Any]]:
    """What PM2 reads in an ecosystem file."""
    path = made.root / "generated/pm2" / stack / "ecosystem.config.cjs"
    done = subprocess.run(
        ["node", "-e", _READ, str(path)],
        env={**os.environ, **made.environment}, capture_output=True, text=True, check=True,
    )  # fmt: skip
    return list(json.loads(done.stdout))
