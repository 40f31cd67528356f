"""Find PM2, run it with a clean environment, list its processes, and start or remove them.

PM2 copies its caller's environment into every app, and into its dump file; it hangs if the path of
its home is too long for a socket; and it reports an app that crashes over and over as started. Its
dump file is never written.
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

from stack.environment import passed_on, search_path
from stack.errors import StackError

MAX_HOME = 103 - len("/interactor.sock")
"""Bytes; a socket's path has at most 104 on macOS and 108 on Linux, with its final zero."""
_TIMEOUT, _START_TIMEOUT = 60, 600
"""Seconds that a command of PM2 may take."""
STACK, ROOT, DIGEST = "ROSTER_STACK", "ROSTER_ROOT", "ROSTER_DIGEST"


@dataclass(frozen=True, slots=True)
class Process:
    """A process that PM2 runs; `memory` in bytes."""

    name: str
    pid: int
    status: str
    restarts: int
    memory: int
    errors: str  # path of its error log
    port: str  # its variable PORT, or ""
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
        """The environment of PM2, which every app inherits."""
        own = {"PATH": self.path, "PM2_HOME": str(self.home), "PM2_DISCRETE_MODE": "1"}
        return {**passed_on(os.environ), **own}

    def processes(self) -> tuple[Process, ...]:
        """Every process that it runs; a PM2 that does not run is not started for this."""
        if not (self.home / "rpc.sock").exists():
            return ()
        lines = self._run("jlist").splitlines()
        listed = [line for line in lines if line.startswith("[")][-1:]
        try:
            return tuple(map(_process, json.loads("".join(listed))))
        except (ValueError, KeyError, TypeError, AttributeError):
            raise StackError("the answer of `pm2 jlist` is not understood") from None

    def start(self, apps: Sequence[Mapping[str, Any]], folder: Path) -> None:
        """Start apps, by a private file in `folder`, which holds secrets and is removed at once."""
        file = folder / f"start-{os.getpid()}.json"
        file.unlink(missing_ok=True)
        self.home.mkdir(mode=0o700, parents=True, exist_ok=True)
        with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as text:
            json.dump({"apps": list(apps)}, text)
        try:
            self._run("start", str(file), seconds=_START_TIMEOUT, check=False)
        finally:
            file.unlink()

    def delete(self, names: Iterable[str]) -> None:
        """Stop and remove processes, all by one call, as each call starts Node."""
        if listed := list(names):
            self._run("delete", *listed, seconds=_START_TIMEOUT)

    def kill(self) -> None:
        """End PM2 itself, with all its processes."""
        self._run("kill", check=False)

    def _run(self, *arguments: str, seconds: int = _TIMEOUT, check: bool = True) -> str:
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
    path = search_path(os.environ, *own)
    program = shutil.which("pm2", path=path)
    if program is None:
        raise StackError("PM2 is not installed: run `make up`, or npm install -g pm2")
    if shutil.which("node", path=path) is None:
        raise StackError("PM2 needs node, which is not installed: install Node.js 20 or newer")
    home = Path(os.environ.get("PM2_HOME") or default_home())
    if len(os.fsencode(home)) > MAX_HOME:
        raise StackError(
            f"the path of PM2's home has {len(os.fsencode(home))} bytes, too many for its sockets:"
            f" set PM2_HOME to a path of at most {MAX_HOME} bytes"
        )
    return Pm2(program, home, path)


def default_home() -> Path:
    """The home of the stack's own PM2, apart from one that the developer may use otherwise."""
    return Path.home() / ".roster" / "pm2"


def _process(listed: Mapping[str, Any]) -> Process:
    env = listed["pm2_env"]
    return Process(
        name=listed["name"],
        pid=listed["pid"],
        status=env["status"],
        restarts=env["restart_time"],
        memory=(listed.get("monit") or {}).get("memory", 0),
        errors=env.get("pm_err_log_path", ""),
        port=str(env.get("PORT", "")),
        stack=env.get(STACK, ""),
        root=env.get(ROOT, ""),
        digest=env.get(DIGEST, ""),
    )
