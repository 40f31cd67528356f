"""A checkout of tiny services, laid out as the compiler does, with a PM2 of its own."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.local.programs import ROOT, free_port

PM2 = ROOT / ".venv/node/node_modules/.bin/pm2"
WEB = """
import http.server, json, os, sys, time
if "CRASH" in os.environ:
    time.sleep(float(os.environ.get("LATE", "0")))
    sys.exit(f"cannot go on with {os.environ.get('KEY')}")
class Web(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        reason = os.environ.get("REASON")
        answer = {"status": "failed", "reason": reason} if reason else dict(os.environ)
        self.send_response(503 if reason else 200)
        self.end_headers()
        self.wfile.write(json.dumps(answer).encode())
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


@dataclass
class App:
    """One service, as the two generated files describe it."""

    name: str
    env: dict[str, str] = field(default_factory=dict)
    port: int = field(default_factory=free_port)
    kind: str = "server"
    health: str | None = "/readyz"
    secrets: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    programs: tuple[str, ...] = ()
    timeout: int = 30

    def described(self) -> dict[str, Any]:
        """The app in `stack.json`."""
        return {
            "kind": self.kind, "name": self.name.rpartition(".")[2], "port": self.port,
            "health": self.health, "timeout": self.timeout,
            "url": f"http://127.0.0.1:{self.port}",
            "secrets": [{"name": name, "file": name.endswith("_FILE")} for name in self.secrets],
            "programs": list(self.programs), "files": list(self.files),
        }  # fmt: skip

    def ecosystem(self) -> dict[str, Any]:
        """The app in the ecosystem file."""
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
        """Write the two files that the compiler writes for a stack."""
        folder = self.root / "generated/pm2" / stack
        folder.mkdir(parents=True, exist_ok=True)
        stack_file = {
            "version": 1, "stack": stack, "needs": needs, "identities": [f"{stack}.tester"],
            "apps": {app.name: app.described() for app in apps},
        }  # fmt: skip
        (folder / "stack.json").write_text(json.dumps(stack_file))
        secrets = json.dumps({app.name: app.secrets for app in apps if app.secrets})
        listed = json.dumps([app.ecosystem() for app in apps])
        (folder / "ecosystem.config.cjs").write_text(ECOSYSTEM % (secrets, listed))

    def command(self, *arguments: str) -> list[str]:
        return [sys.executable, "-m", "stack", *arguments, "--root", str(self.root)]

    def environment(self, **more: str) -> dict[str, str]:
        return {**os.environ, "PM2_HOME": str(self.home), **more}

    def stack(self, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
        """Run a command of the stack."""
        return subprocess.run(
            self.command(*arguments), cwd=ROOT, env=self.environment(**more),
            capture_output=True, text=True, timeout=180, check=False,
        )  # fmt: skip

    def pm2(self, *arguments: str) -> str:
        """Run PM2 itself."""
        done = subprocess.run(
            [str(PM2), "--no-color", *arguments], env=self.environment(PM2_DISCRETE_MODE="1"),
            capture_output=True, text=True, timeout=60, check=False,
        )  # fmt: skip
        return done.stdout

    def pids(self) -> dict[str, int]:
        """The process id of every app that PM2 runs."""
        if not (self.home / "rpc.sock").exists():
            return {}
        return {process["name"]: process["pid"] for process in json.loads(self.pm2("jlist"))}


@contextmanager
def pm2_home() -> Iterator[Home]:
    """An empty checkout; all that runs in it is stopped at the end."""
    home = Home(*(Path(tempfile.mkdtemp(prefix=prefix, dir="/tmp")) for prefix in ("r-", "p-")))
    try:
        (home.root / "services").mkdir()
        (home.root / "services/web.py").write_text(WEB)
        (home.root / ".venv").symlink_to(ROOT / ".venv")
        yield home
    finally:
        if (home.home / "rpc.sock").exists():
            home.pm2("kill")
        shutil.rmtree(home.root, ignore_errors=True)
        shutil.rmtree(home.home, ignore_errors=True)


def shop(home: Home, *apps: App) -> None:
    """Write the stack `shop` of these apps, which needs the platform."""
    home.write("shop", *apps, needs=("platform",))
