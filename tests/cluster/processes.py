"""The programs of the cluster: started, awaited, measured and stopped."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

PATIENCE = 300.0
"""Seconds that a program may take to be ready."""


class StartError(Exception):
    """A program ended or was not ready in time; the message has the end of its log."""


@dataclass
class Process:
    """One program that was started here."""

    name: str
    popen: subprocess.Popen[bytes]
    log: Path
    seconds: float = 0.0
    peak: int = 0

    def measure(self) -> int:
        """The peak of its memory, in MiB."""
        try:
            status = Path(f"/proc/{self.popen.pid}/status").read_text()
        except FileNotFoundError:
            return self.peak
        if match := re.search(r"VmHWM:\s+(\d+) kB", status):
            self.peak = max(self.peak, int(match[1]) // 1024)
        return self.peak

    def stop(self) -> None:
        """Terminate it, and kill it if it has not ended after ten seconds."""
        self.measure()
        if self.popen.poll() is None:
            self.popen.terminate()
            try:
                self.popen.wait(10)
            except subprocess.TimeoutExpired:
                self.popen.kill()
                self.popen.wait()

    def tail(self) -> str:
        """The end of its log."""
        return self.log.read_text(errors="replace")[-3000:]


@dataclass
class Processes:
    """The programs that run, and the folder of their logs; the last one is stopped first."""

    folder: Path
    running: list[Process] = field(default_factory=list)

    def start(
        self,
        name: str,
        command: list[str],
        ready: Callable[[], bool],
        environment: Mapping[str, str] | None = None,
    ) -> Process:
        """Start a program and wait until it is ready; it ends with this process, even if killed."""
        log = self.folder / f"{name}.log"
        begun = time.monotonic()
        with log.open("wb") as output:
            popen = subprocess.Popen(
                ["setpriv", "--pdeathsig", "KILL", *command],
                stdin=subprocess.DEVNULL,
                stdout=output,
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
    """A free TCP port of the loopback interface."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def listening(port: int) -> Callable[[], bool]:
    """A question whether a program listens on a port of the loopback interface."""

    def answer() -> bool:
        with socket.socket() as probe:
            probe.settimeout(1)
            return probe.connect_ex(("127.0.0.1", port)) == 0

    return answer
