"""A laptop for tests: an estate, compiled or as shipped, with its own PM2 and Debian's Redis."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
ESTATE = ROOT / "tests" / "local" / "estate"
DEBIAN = ROOT / ".venv" / "debian"
PM2 = ROOT / ".venv" / "node" / "node_modules" / ".bin" / "pm2"
INPUTS = ("specs", "projects", "policies")
KEPT = (".cache", ".npm", ".npmrc", ".config")


@dataclass
class Laptop:
    """One checkout, and its commands."""

    root: Path
    home: Path  # PM2's, short: it holds sockets
    environment: dict[str, str] = field(default_factory=dict)

    def roster(self, *arguments: str) -> None:
        """Run the compiler; it must succeed."""
        command = [str(ROOT / ".venv/bin/roster"), *arguments, "--root", str(self.root)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr

    def stack(self, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
        """Run `python -m stack` as `make up` does."""
        return subprocess.run(
            [str(self.root / ".venv/stack/bin/python"), "-m", "stack", *arguments],
            cwd=self.root,
            env={**self.environment, **more},
            capture_output=True,
            text=True,
            timeout=600,
            check=False,
        )

    def pm2(self, *arguments: str) -> str:
        """Run PM2 itself."""
        own = {"PM2_HOME": str(self.home), "PM2_DISCRETE_MODE": "1"}
        environment = {**self.environment, **own}
        done = subprocess.run(
            [str(PM2), "--no-color", *arguments],
            env=environment, capture_output=True, text=True, timeout=120, check=False,
        )  # fmt: skip
        return done.stdout

    def processes(self) -> dict[str, int]:
        """The process id of every app that PM2 runs."""
        return {process["name"]: process["pid"] for process in json.loads(self.pm2("jlist"))}

    def generated(self, path: str) -> Any:
        """A generated JSON file."""
        return json.loads((self.root / "generated" / path).read_text(encoding="utf-8"))

    def token(self, identity: str) -> str:
        """The token of an agent."""
        path = self.root / ".roster/stack/tokens.json"
        return str(json.loads(path.read_text(encoding="utf-8"))[identity])

    def client(self, project: str, agent: str) -> dict[str, Any]:
        """An agent's local `.mcp.json`, with variables replaced as clients do."""
        path = self.root / "generated/clients" / project / agent / "local/.mcp.json"
        text = path.read_text(encoding="utf-8")
        name = f"ROSTER_TOKEN_{project}_{agent}".upper().replace("-", "_")
        assert f"${{{name}}}" in text
        filled = text.replace(f"${{{name}}}", self.token(f"{project}.{agent}"))
        return dict(json.loads(filled))


@contextmanager
def laptop(estate: Path = ESTATE, **environment: str) -> Iterator[Laptop]:
    """A compiled copy of an estate; everything that runs in it is stopped at the end."""
    with _folder("p-") as home, _checkout(estate, INPUTS) as root:
        variables = _environment(root, PM2_HOME=str(home), **environment)
        with _stopped(Laptop(root, home, variables)) as compiled:
            compiled.roster("generate")
            _repository(root)
            yield compiled


@contextmanager
def shipped(**environment: str) -> Iterator[Laptop]:
    """This checkout's own specs and generated/, on the laptop of a new developer.

    The home is empty except for caches of packages; PM2's home is where the stack puts it.
    """
    with _folder("h-") as home, _checkout(ROOT, ("specs", "generated")) as root:
        for name in KEPT:
            if (Path.home() / name).exists():
                (home / name).symlink_to(Path.home() / name)
        variables = _environment(root, HOME=str(home), **environment)
        variables.pop("PM2_HOME", None)
        with _stopped(Laptop(root, home / ".roster/pm2", variables)) as laptop:
            yield laptop


@contextmanager
def _folder(prefix: str) -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix=prefix, dir="/tmp"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _checkout(source: Path, names: Iterable[str]) -> Iterator[Path]:
    """A copy of some folders, with the stack's programs beside it."""
    with _folder("r-") as root:
        for name in names:
            unwanted = shutil.ignore_patterns("__pycache__")
            shutil.copytree(source / name, root / name, ignore=unwanted)
        (root / "stack").symlink_to(ROOT / "stack")
        (root / ".venv").symlink_to(ROOT / ".venv")
        _programs(root / "bin")
        yield root


@contextmanager
def _stopped(laptop: Laptop) -> Iterator[Laptop]:
    """The laptop; its PM2 is stopped at the end."""
    try:
        yield laptop
    finally:
        if (laptop.home / "rpc.sock").exists():
            laptop.pm2("kill")


def _environment(root: Path, **more: str) -> dict[str, str]:
    return {**os.environ, "PATH": f"{root / 'bin'}:{os.environ['PATH']}", **more}


def _programs(folder: Path) -> None:
    """Debian's Redis as a program on the PATH, which finds its libraries."""
    folder.mkdir()
    libraries = ":".join(str(path) for path in DEBIAN.glob("usr/lib/*-linux-gnu"))
    redis = folder / "redis-server"
    program = DEBIAN / "usr/bin/redis-server"
    assert program.exists(), "redis-server is missing: `make accept-local` gets it from Debian"
    redis.write_text(f'#!/bin/sh\nLD_LIBRARY_PATH={libraries} exec {program} "$@"\n')
    redis.chmod(0o755)


def _repository(root: Path) -> None:
    """Make a git repository, which the git server reads."""
    author = ["-c", "user.name=demo", "-c", "user.email=demo@example.com"]
    for command in (["init", "-q"], ["add", "specs"], [*author, "commit", "-qm", "The specs"]):
        subprocess.run(["git", *command], cwd=root, check=True, capture_output=True)
