"""One program of the stack without PM2, on a free port."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from signal import SIGTERM
from typing import IO

import httpx

ROOT = Path(__file__).parents[2]


def free_port() -> int:
    """A port of this machine where no program listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def serving(script: str, output: IO[bytes] | None = None, **variables: str) -> Iterator[str]:
    """A program of the stack with these variables, until it answers /readyz; its URL.

    At the end it gets SIGTERM, and must end by it or with exit code 0.
    """
    port = free_port()
    python = {"PYTHONPATH": ".", "PYTHONSAFEPATH": "1", "PORT": str(port)}
    with subprocess.Popen(
        [sys.executable, script], cwd=ROOT, env={**os.environ, **python, **variables}, stdout=output
    ) as program:
        url = f"http://127.0.0.1:{port}"
        for _ in range(200):
            try:
                httpx.get(f"{url}/readyz")
                break
            except httpx.ConnectError:
                time.sleep(0.1)
        try:
            yield url
        finally:
            program.terminate()
        assert program.wait(10) in (0, -SIGTERM)
