"""Programs that run while the rig does: each is started, waited for, measured and stopped."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

PATIENCE = 120.0
"""Seconds that a program may take to be ready."""


class StartError(Exception):
    """A program ended, or was not ready in time; with the end of what it said."""


@dataclass
class Process:
    """One program that was started here."""

    name: str
    popen: subprocess.Popen[bytes]
    log: Path
    seconds: float = 0.0
    peak: int = 0

    def measure(self) -> int:
        """The most memory that it ever held, in MiB."""
        try:
            status = Path(f"/proc/{self.popen.pid}/status").read_text()
        except FileNotFoundError:
            return self.peak
        if found := re.search(r"VmHWM:\s+(\d+) kB", status):
            self.peak = max(self.peak, int(found[1]) // 1024)
        return self.peak

    def stop(self) -> None:
        """End it by its own process id, in anger if it does not listen."""
        self.measure()
        if self.popen.poll() is None:
            self.popen.terminate()
            try:
                self.popen.wait(10)
            except subprocess.TimeoutExpired:
                self.popen.kill()
                self.popen.wait()

    def tail(self) -> str:
        """The end of what it said."""
        return self.log.read_text(errors="replace")[-3000:]


@dataclass
class Processes:
    """All that run, in a folder that holds what they say; stopped in the opposite order."""

    folder: Path
    running: list[Process] = field(default_factory=list)

    def start(
        self,
        name: str,
        command: list[str],
        ready: Callable[[], bool],
        environment: Mapping[str, str] | None = None,
    ) -> Process:
        """Start a program and wait until it is ready; it dies with us, even if we are killed."""
        log = self.folder / f"{name}.log"
        begun = time.monotonic()
        with log.open("wb") as said:
            popen = subprocess.Popen(
                ["setpriv", "--pdeathsig", "KILL", *command],
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=subprocess.STDOUT,
                env=os.environ | dict(environment or {}),
                cwd=self.folder,
                start_new_session=True,
            )
        process = Process(name, popen, log)
        self.running.append(process)
        await_ready(process, ready)
        process.seconds = time.monotonic() - begun
        return process

    def stop(self) -> None:
        """Stop them all."""
        for process in reversed(self.running):
            process.stop()


def await_ready(process: Process, ready: Callable[[], bool]) -> None:
    """Poll until a program is ready."""
    deadline = time.monotonic() + PATIENCE
    while not ready():
        if process.popen.poll() is not None:
            raise StartError(f"{process.name} ended:\n{process.tail()}")
        if time.monotonic() > deadline:
            raise StartError(f"{process.name} was not ready in {PATIENCE:.0f} s:\n{process.tail()}")
        time.sleep(0.1)


def eventually(holds: Callable[[], bool], seconds: float, pause: float = 0.3) -> bool:
    """Whether something comes true in time."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if holds():
            return True
        time.sleep(pause)
    return holds()


def free_port() -> int:
    """A TCP port of loopback that nobody listens on."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def listening(port: int) -> Callable[[], bool]:
    """Whether somebody listens on a port of loopback."""

    def answer() -> bool:
        with socket.socket() as one:
            one.settimeout(1)
            return one.connect_ex(("127.0.0.1", port)) == 0

    return answer
