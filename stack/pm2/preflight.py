"""Find all reasons why apps could not start, before any of them is started."""

from __future__ import annotations

import shutil
import socket
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from stack.pm2.client import Process
from stack.pm2.describe import App

HOST = "127.0.0.1"
_INSTALL = {
    "docker": "install Docker",
    "go": "install Go",
    "npx": "install Node.js 20 or newer",
    "redis-server": "install Redis 7 or newer",
    "uvx": "install uv",
}
_LISTEN = "0A"
"""The state of a listening socket in /proc/net/tcp."""


def faults(
    apps: Iterable[App], running: Iterable[Process], root: Path, path: str,
    environment: Mapping[str, str],
) -> list[str]:  # fmt: skip
    """One line for each fault, sorted; programs are looked for on the PATH `path`."""
    apps, running = list(apps), list(running)
    return sorted(
        [
            *_secrets(apps, root, environment),
            *_programs(apps, path),
            *_names(apps, running, root),
            *_ports(apps, running, root),
        ]
    )


def ours(process: Process, root: Path) -> bool:
    """Whether a process was started from this checkout."""
    return process.root == str(root)


def _secrets(apps: Iterable[App], root: Path, environment: Mapping[str, str]) -> Iterator[str]:
    wanted: defaultdict[str, list[str]] = defaultdict(list)
    files = set()
    for app in apps:
        for secret in app.secrets:
            wanted[secret.name].append(app.name)
            files |= {secret.name} if secret.file else set()
    for name, users in wanted.items():
        value = environment.get(name)
        if not value:
            yield f"{name} is not set: {_users(users)}"
        elif name in files and not (root / value).is_file():
            yield f"{name} names no file: {_users(users)}"


def _programs(apps: Iterable[App], path: str) -> Iterator[str]:
    wanted: defaultdict[str, list[App]] = defaultdict(list)
    for app in apps:
        for program in app.programs:
            wanted[program].append(app)
    for program, users in wanted.items():
        if shutil.which(program, path=path) is None:
            hint = _INSTALL.get(program, "install it")
            options = " ".join(f"--without {app.short}" for app in users)
            names = _users([app.name for app in users])
            yield f"{program} is not installed: {names}; {hint}, or start without: {options}"


def _names(apps: Iterable[App], running: Iterable[Process], root: Path) -> Iterator[str]:
    taken = {process.name: process for process in running if not ours(process, root)}
    for app in apps:
        if app.name in taken:
            owner = taken[app.name].root or "another user of PM2"
            yield f"PM2 already runs another {app.name}, of {owner}: stop that one first"


def _ports(apps: Iterable[App], running: Iterable[Process], root: Path) -> Iterator[str]:
    # Our own running processes hold their ports, and free them if they are removed.
    up = [process for process in running if ours(process, root) and process.pid]
    held = {process.name for process in up} | {process.port for process in up}
    for app in apps:
        if app.port is not None and not held & {app.name, str(app.port)} and not _free(app.port):
            yield f"port {app.port} of {app.name} is taken{_holder(app.port)}"


def _users(names: list[str]) -> str:
    return f"{', '.join(sorted(names))} need{'s' if len(names) == 1 else ''} it"


def _free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True


def _holder(port: int) -> str:
    """The process that listens on a port, where /proc shows it; else an empty text."""
    inodes = {f"socket:[{inode}]" for inode in _inodes(port)}
    for folder in Path("/proc").glob("[0-9]*/fd") if inodes else ():
        try:
            links = {str(link.readlink()) for link in folder.iterdir()}
            name = (folder.parent / "comm").read_text(encoding="utf-8").strip()
        except OSError:
            continue
        if links & inodes:
            return f" by process {folder.parent.name} ({name})"
    return ""


def _inodes(port: int) -> Iterator[str]:
    for table in ("/proc/net/tcp", "/proc/net/tcp6"):
        try:
            lines = Path(table).read_text(encoding="utf-8").splitlines()[1:]
        except OSError:
            continue
        for fields in map(str.split, lines):
            if fields[3] == _LISTEN and int(fields[1].rpartition(":")[2], 16) == port:
                yield fields[9]
