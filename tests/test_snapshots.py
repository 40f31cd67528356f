"""What people and programs read, as a whole: a change of it shows in the diff of the snapshots."""

from __future__ import annotations

import pytest
from syrupy.assertion import SnapshotAssertion

from tests.test_cli import BROKEN, MINIMAL, roster

COMMANDS = {
    "access": ("access", "--root", str(MINIMAL)),
    "capacity": ("capacity", "--root", str(MINIMAL)),
    "capacity as json": ("capacity", "--root", str(MINIMAL), "--format", "json"),
    "check as github": ("check", "--root", str(BROKEN), "--format", "github"),
    "check as sarif": ("check", "--root", str(BROKEN), "--format", "sarif"),
    "check in short": ("check", "--root", str(BROKEN), "--format", "short"),
    "help": ("--help",),
    "schema of a waiver": ("schema", "Waiver"),
}


@pytest.mark.parametrize("name", list(COMMANDS))
def test_output(name: str, snapshot: SnapshotAssertion) -> None:
    result = roster(*COMMANDS[name], COLUMNS="100")
    assert (result.stdout + result.stderr) == snapshot
