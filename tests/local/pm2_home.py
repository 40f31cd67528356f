"""A checkout of tiny services, in the shape that the compiler gives, with a PM2 of its own."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
PM2 = ROOT / ".venv/node/node_modules/.bin/pm2"
WEB = """
import http.server, json, os, sys, time
if "CRASH" in os.environ:
    time.sleep(float(os.environ.get("LATE", "0")))
    sys.exit(f"cannot go on with {os.environ.get('KEY')}")
class Web(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        reason = os.environ.get("REASON")
        told = {"status": "failed", "reason": reason} if reason else dict(os.environ)
        self.send_response(503 if reason else 200)
        self.end_headers()
        self.wfile.write(json.dumps(told).encode())
    def log_message(self, *_): pass
http.server.HTTPServer(("127.0.0.1", int(os.environ["PORT"])), Web).serve_forever()
"""
ECOSYSTEM = """
const path = require("node:path");
const secrets = %s;
const apps = %s;
for (const app of apps) {
  app.cwd = path.resolve(__dirname, "../../..");
  for (const name of secrets[app.name] || []) {
    if (!process.env[name]) throw new Error(name);
    app.env[name] = process.env[name];
  }
}
module.exports = { apps };
"""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class App:
    """One service: what the two generated files say of it."""

    name: str
    env: dict[str, str] = field(default_factory=dict)
    port: int = field(default_factory=free_port)
    kind: str = "server"
    health: str | None = "/readyz"
    secrets: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    programs: tuple[str, ...] = ()
    timeout: int = 30

    def told(self) -> dict[str, Any]:
        """As `stack.json` has it."""
        return {
            "kind": self.kind, "name": self.name.rpartition(".")[2], "port": self.port,
            "health": self.health, "timeout": self.timeout,
            "url": f"http://127.0.0.1:{self.port}",
            "secrets": [{"name": name, "file": name.endswith("_FILE")} for name in self.secrets],
            "programs": list(self.programs), "files": list(self.files),
        }  # fmt: skip

    def ecosystem(self) -> dict[str, Any]:
        """As PM2 is told of it."""
        return {
            "name": self.name, "script": "services/web.py", "interpreter": "python3",
            "exec_mode": "fork", "instances": 1, "max_restarts": 5, "min_uptime": 2000,
            "exp_backoff_restart_delay": 100, "kill_timeout": 2000,
            "env": {"PORT": str(self.port), **self.env}, "env_dev": {"ENVIRONMENT": "dev"},
        }  # fmt: skip


@dataclass
class Home:
    """One checkout and one PM2."""

    root: Path
    home: Path

    def write(self, stack: str, *apps: App, needs: tuple[str, ...] = ()) -> None:
        """What the compiler would write of a stack."""
        folder = self.root / "generated/pm2" / stack
        folder.mkdir(parents=True, exist_ok=True)
        told = {
            "version": 1, "stack": stack, "needs": needs, "identities": [f"{stack}.tester"],
            "apps": {app.name: app.told() for app in apps},
        }  # fmt: skip
        (folder / "stack.json").write_text(json.dumps(told))
        secrets = json.dumps({app.name: app.secrets for app in apps if app.secrets})
        listed = json.dumps([app.ecosystem() for app in apps])
        (folder / "ecosystem.config.cjs").write_text(ECOSYSTEM % (secrets, listed))

    def command(self, *arguments: str) -> list[str]:
        return [sys.executable, "-m", "stack", *arguments, "--root", str(self.root)]

    def world(self, **more: str) -> dict[str, str]:
        return {**os.environ, "PM2_HOME": str(self.home), **more}

    def stack(self, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
        """Run a command of the stack."""
        return subprocess.run(
            self.command(*arguments), cwd=ROOT, env=self.world(**more),
            capture_output=True, text=True, timeout=180, check=False,
        )  # fmt: skip

    def pm2(self, *arguments: str) -> str:
        """Ask PM2 itself."""
        done = subprocess.run(
            [str(PM2), "--no-color", *arguments], env=self.world(PM2_DISCRETE_MODE="1"),
            capture_output=True, text=True, timeout=60, check=False,
        )  # fmt: skip
        return done.stdout

    def pids(self) -> dict[str, int]:
        """The process id of every app that PM2 runs."""
        if not (self.home / "rpc.sock").exists():
            return {}
        return {one["name"]: one["pid"] for one in json.loads(self.pm2("jlist"))}


@contextmanager
def pm2_home() -> Iterator[Home]:
    """An empty checkout; all that runs in it is stopped at the end."""
    made = Home(*(Path(tempfile.mkdtemp(prefix=prefix, dir="/tmp")) for prefix in ("r-", "p-")))
    try:
        (made.root / "services").mkdir()
        (made.root / "services/web.py").write_text(WEB)
        (made.root / ".venv").symlink_to(ROOT / ".venv")
        yield made
    finally:
        if (made.home / "rpc.sock").exists():
            made.pm2("kill")
        shutil.rmtree(made.root, ignore_errors=True)
        shutil.rmtree(made.home, ignore_errors=True)


def shop(home: Home, *apps: App) -> None:
    """The stack `shop` of these apps, over a platform of one."""
    home.write("shop", *apps, needs=("platform",))
