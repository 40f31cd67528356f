"""Programs out of Debian's packages, and what they read: the platform's emitted settings."""

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
    """One of the programs; the test fails with its name where it is absent."""
    found = DEBIAN / "usr" / "bin" / name
    if not found.exists():
        pytest.fail(f"{name} is not there: `make accept` takes it from Debian's packages")
    return str(found)


def world() -> dict[str, str]:
    """The environment in which they find their libraries."""
    libraries = ":".join(str(path) for path in DEBIAN.glob("usr/lib/*-linux-gnu"))
    return {**os.environ, "LD_LIBRARY_PATH": libraries}


def run(*command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, capture_output=True, text=True, check=False, env=world())


def settings(objects: Objects, name: str) -> dict[str, str]:
    return dict(objects["ConfigMap", name]["data"])
