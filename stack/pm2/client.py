"""PM2 itself: found, run with a clean environment, asked, and told what to start or remove.

PM2 copies the environment of whoever calls it into every app, and into its dump file; it hangs
where the path of its home is too long for a socket; and it says that all is well of an app that
crashes over and over. Its dump is never written.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from stack import environment
from stack.environment import kept
from stack.errors import StackError

LONGEST = 103 - len("/interactor.sock")
"""Bytes of a socket's path: 104 on macOS, 108 on Linux, with the zero at its end."""
_SECONDS, _STARTING = 60, 600
STACK, ROOT, DIGEST = "ROSTER_STACK", "ROSTER_ROOT", "ROSTER_DIGEST"


@dataclass(frozen=True, slots=True)
class Process:
    """A process that PM2 knows; `memory` in bytes, `uptime` since when in milliseconds."""

    name: str
    pid: int
    status: str
    restarts: int
    memory: int
    errors: str  # its error log
    port: str  # as it is told to it, or ""
    stack: str
    root: str
    digest: str


@dataclass(frozen=True, slots=True)
class Pm2:
    """One PM2, with a home of its own."""

    program: str
    home: Path
    path: str  # the PATH of its apps

    @property
    def environment(self) -> dict[str, str]:
        """All that PM2, and so every app, gets of the caller's environment."""
        own = {"PATH": self.path, "PM2_HOME": str(self.home), "PM2_DISCRETE_MODE": "1"}
        return {**kept(os.environ), **own}

    def processes(self) -> tuple[Process, ...]:
        """Every process that it runs; it is not started only to be asked."""
        if not (self.home / "rpc.sock").exists():
            return ()
        lines = self._run("jlist").splitlines()
        listed = [line for line in lines if line.startswith("[")][-1:]
        try:
            return tuple(map(_process, json.loads("".join(listed))))
        except (ValueError, KeyError, TypeError, AttributeError):
            raise StackError("`pm2 jlist` answers nothing that is understood") from None

    def start(self, apps: Sequence[Mapping[str, Any]], folder: Path) -> None:
        """Start apps. What it is told lies in a private file, as it holds secrets, and not long."""
        file = folder / f"start-{os.getpid()}.json"
        file.unlink(missing_ok=True)
        self.home.mkdir(mode=0o700, parents=True, exist_ok=True)
        with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as text:
            json.dump({"apps": list(apps)}, text)
        try:
            self._run("start", str(file), seconds=_STARTING, check=False)
        finally:
            file.unlink()

    def delete(self, names: Iterable[str]) -> None:
        """Stop processes and forget them; each call of PM2 is a start of Node, so it is one."""
        if gone := list(names):
            self._run("delete", *gone, seconds=_STARTING)

    def kill(self) -> None:
        """End PM2 itself."""
        self._run("kill", check=False)

    def _run(self, *arguments: str, seconds: int = _SECONDS, check: bool = True) -> str:
        try:
            done = subprocess.run(
                [self.program, "--no-color", *arguments],
                env=self.environment, capture_output=True, text=True, timeout=seconds, check=False,
            )  # fmt: skip
        except subprocess.TimeoutExpired:
            raise StackError(f"`pm2 {arguments[0]}` has not ended after {seconds} s") from None
        if check and done.returncode:
            last = (done.stderr or done.stdout).strip().splitlines()[-1:]
            raise StackError(f"`pm2 {arguments[0]}` failed: {''.join(last)}")
        return done.stdout


def find(root: Path) -> Pm2:
    """PM2 as the repository installs it, or on the PATH. Raises StackError where it cannot run."""
    own = root / ".venv/stack/bin", root / ".venv/node/node_modules/.bin"
    path = environment.path(os.environ, *own)
    program = shutil.which("pm2", path=path)
    if program is None:
        raise StackError("PM2 is not here: `make up` installs it, or npm install -g pm2")
    if shutil.which("node", path=path) is None:
        raise StackError("node is not here, which PM2 runs on: install Node.js 20 or newer")
    home = Path(os.environ.get("PM2_HOME") or default_home())
    if len(os.fsencode(home)) > LONGEST:
        raise StackError(
            f"PM2's home has {len(os.fsencode(home))} bytes, and its sockets' paths would be too"
            f" long: set PM2_HOME to a path of at most {LONGEST}"
        )
    return Pm2(program, home, path)


def default_home() -> Path:
    """Where our own PM2 lives, so that a developer's other one is left alone."""
    return Path.home() / ".roster" / "pm2"


def _process(found: Mapping[str, Any]) -> Process:
    env = found["pm2_env"]
    return Process(
        name=found["name"],
        pid=found["pid"],
        status=env["status"],
        restarts=env["restart_time"],
        memory=(found.get("monit") or {}).get("memory", 0),
        errors=env.get("pm_err_log_path", ""),
        port=str(env.get("PORT", "")),
        stack=env.get(STACK, ""),
        root=env.get(ROOT, ""),
        digest=env.get(DIGEST, ""),
    )
