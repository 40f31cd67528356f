"""`python -m stack` with a real PM2: what it refuses, with exit code 2 and nothing started."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest

from tests.local.pm2_home import App, Home, shop


def test_all_faults_are_reported_and_nothing_starts(home: Home, base: App) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        shop(
            home,
            App("shop.a", port=port),
            App("shop.b", secrets=("KEY", "KEY_FILE"), programs=("no-such-program",)),
        )
        done = home.stack("up", "shop", KEY_FILE="nowhere")
    assert done.returncode == 2
    for words in (
        f"port {port} of shop.a is taken by process {os.getpid()}",
        "KEY is not set: shop.b needs it",
        "KEY_FILE names no file: shop.b needs it",
        "no-such-program is not installed: shop.b needs it",
        "nothing was started",
    ):
        assert words in done.stderr
    assert "Traceback" not in done.stderr
    assert home.pids() == {}


@pytest.mark.parametrize("command", ["up", "status", "env"])
def test_an_unknown_stack(home: Home, base: App, command: str) -> None:
    done = home.stack(command, "platfrom")
    assert done.returncode == 2
    assert "did you mean `platform`?" in done.stderr


def test_without_generated_files(home: Home) -> None:
    done = home.stack("up", "shop")
    assert done.returncode == 2 and "make generate" in done.stderr


def test_a_long_home_and_no_programs(home: Home, base: App, tmp_path: Path) -> None:
    long = home.stack("up", "platform", PM2_HOME="/tmp/" + "x" * 120)
    assert long.returncode == 2 and "set PM2_HOME" in long.stderr
    (home.root / ".venv").unlink()
    bare = home.stack("up", "platform", PATH=str(tmp_path))
    assert bare.returncode == 2 and "PM2 is not installed" in bare.stderr
    fake = tmp_path / "pm2"
    fake.write_text("#!/bin/sh\n")
    fake.chmod(0o755)
    bare = home.stack("up", "platform", PATH=str(tmp_path))
    assert bare.returncode == 2 and "PM2 needs node" in bare.stderr


@pytest.mark.parametrize("file", ["stack.json", "ecosystem.config.cjs"])
def test_broken_generated_files(home: Home, base: App, file: str) -> None:
    (home.root / "generated/pm2/platform" / file).write_text("{")
    done = home.stack("up", "platform")
    assert done.returncode == 2 and "make generate" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_broken_file_of_tokens(home: Home, base: App) -> None:
    assert home.stack("up", "platform").returncode == 0
    (home.root / ".roster/stack/tokens.json").write_text('{"platform.tester": ""}')
    for command in ("up", "env"):
        done = home.stack(command, "platform")
        assert done.returncode == 2 and "tokens.json is broken: remove it" in done.stderr
        assert "Traceback" not in done.stderr
