"""A project's agents without PM2: each program started as the ecosystem files define it."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx

from stack.environment import passed_on
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
        self, agent: str, text: str, task: str = "", by: str = "operator", **metadata: Any
    ) -> dict[str, Any]:
        """Send an agent a message; the whole answer."""
        return calls.send(self.url(agent), self.laptop.token(by), text, task, **metadata)

    def say(
        self, agent: str, text: str, task: str = "", by: str = "operator", **metadata: Any
    ) -> dict[str, Any]:
        """Send an agent a message; the task that comes back."""
        return calls.say(self.url(agent), self.laptop.token(by), text, task, **metadata)

    def log(self, agent: str) -> list[dict[str, Any]]:
        """The lines of an agent's log."""
        text = (self.laptop.root / f"demo.{agent}.out").read_text()
        return [json.loads(line) for line in text.splitlines()]

    def errors(self, agent: str) -> str:
        """An agent's stderr."""
        return (self.laptop.root / f"demo.{agent}.err").read_text()

    def registered(self, agent: str) -> dict[str, Any]:
        """An agent in the registry."""
        url = f"http://127.0.0.1:{self._port('agent-registry')}/agents/demo.{agent}"
        return dict(httpx.get(url).json())

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
    """A running team, ready; a stand-in is its language model."""
    with model() as stand_in, laptop(ANTHROPIC_API_KEY=KEY) as compiled:
        apps = {
            app["name"]: app for stack in ("platform", "demo") for app in _apps(compiled, stack)
        }
        servers = {n.removeprefix("demo.mcp.") for n in apps if n.startswith("demo.mcp.")}
        environment = {
            **passed_on(compiled.environment), "MODEL_URL": stand_in.url,
            "ROSTER_WITHOUT": ",".join(sorted(servers - set(SERVERS))),
        }  # fmt: skip
        people = compiled.generated("pm2/platform/stack.json")["identities"]
        agents = compiled.generated("pm2/demo/stack.json")["identities"]
        issue(compiled.root / ".roster/stack/tokens.json", [*people, *agents])
        running = Team(compiled, stand_in, apps, environment)
        try:
            for name in ("agent-registry", *(f"demo.mcp.{server}" for server in SERVERS)):
                running.start(name)
            for agent in AGENTS:
                running.start(f"demo.{agent}")
            yield running
        finally:
            for name in reversed(list(running.programs)):
                running.stop(name)


def _apps(laptop: Laptop, stack: str) -> list[dict[str, Any]]:
    """The apps of an ecosystem file, as PM2 reads them."""
    path = laptop.root / "generated/pm2" / stack / "ecosystem.config.cjs"
    done = subprocess.run(
        ["node", "-e", _READ, str(path)],
        env={**os.environ, **laptop.environment}, capture_output=True, text=True, check=True,
    )  # fmt: skip
    return list(json.loads(done.stdout))
