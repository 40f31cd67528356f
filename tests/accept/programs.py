"""Programs from Debian's packages, and the emitted settings that they read."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
DEBIAN = ROOT / ".venv" / "debian"
Objects = Mapping[tuple[str, str], Mapping[str, Any]]


def program(name: str) -> str:
    """The path of a program; the test fails if it is absent."""
    path = DEBIAN / "usr" / "bin" / name
    if not path.exists():
        pytest.fail(f"{name} is not installed: `make accept` takes it from Debian's packages")
    return str(path)


def environment() -> dict[str, str]:
    """The environment variables with which they find their libraries."""
    libraries = ":".join(str(path) for path in DEBIAN.glob("usr/lib/*-linux-gnu"))
    return {**os.environ, "LD_LIBRARY_PATH": libraries}


def run(*command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, capture_output=True, text=True, check=False, env=environment())


def settings(objects: Objects, name: str) -> dict[str, str]:
    return dict(objects["ConfigMap", name]["data"])
