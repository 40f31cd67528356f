"""The end of a program behind the bridge: its cleanup, its restart, and what is reported."""

from __future__ import annotations

import asyncio
import signal
import time
from pathlib import Path
from typing import Any

import psutil
import pytest

from tests.local.bridges import MEMORY, Bridge, asked, bridge, lives, odd, until


def test_a_program_that_ends_breaks_one_call_and_is_restarted(tmp_path: Path) -> None:
    with odd(tmp_path, sessions="sticky") as running:
        running.ready()
        clerk = asked(running, "show", "demo.clerk").structured_content["pid"]
        scribe = asked(running, "show").structured_content["pid"]
        broken = asked(running, "die")
        assert broken.is_error
        assert "no more for ***; exited with 3" in broken.content[0].text
        assert asked(running, "show", "demo.clerk").structured_content["pid"] == clerk
        assert "not available" in asked(running, "show").content[0].text
        until(lambda: not asked(running, "show").is_error)
        assert asked(running, "show").structured_content["pid"] not in (clerk, scribe)
        assert asked(running, "twisted").is_error


def test_calls_of_other_agents_continue(tmp_path: Path) -> None:
    async def ask(running: Bridge) -> tuple[Any, ...]:
        async with running.client("demo.clerk") as clerk, running.client("demo.scribe") as scribe:
            return await asyncio.gather(clerk.call_tool("sleep", {}), scribe.call_tool("die", {}))

    with odd(tmp_path, sessions="sticky") as running:
        assert running.ready()[0] == 200
        slept, died = asyncio.run(ask(running))
    assert not slept.is_error
    assert died.is_error


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT, signal.SIGKILL])
@pytest.mark.parametrize("arguments", [[], ["stubborn"]])
def test_nothing_outlives_the_bridge(
    tmp_path: Path, how: signal.Signals, arguments: list[str]
) -> None:
    with odd(tmp_path, *arguments) as running:
        assert running.ready()[0] == 200
        family = running.family()
        assert len(family) >= 3 + len(arguments)
        running.process.send_signal(how)
        running.process.wait(10)
        until(lambda: not any(map(lives, family)))


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_nothing_outlives_signals_to_all_of_them_at_once(
    tmp_path: Path, how: signal.Signals
) -> None:
    with odd(tmp_path, "stubborn") as running:
        assert running.ready()[0] == 200
        family = running.family()
        for each in [*family, psutil.Process(running.process.pid)]:
            each.send_signal(how)
        running.process.wait(10)
        until(lambda: not any(map(lives, family)))


def test_a_killed_shell_ends_its_program(tmp_path: Path) -> None:
    with odd(tmp_path, "stubborn") as running:
        assert running.ready()[0] == 200
        family = running.family()
        psutil.Process(running.process.pid).children()[0].kill()
        until(lambda: not any(map(lives, family)))
        until(lambda: running.now()[0] == 200)
        assert not asked(running, "show").is_error


def test_npx_leaves_nothing_behind_when_it_is_killed(tmp_path: Path) -> None:
    with bridge(tmp_path, MEMORY, {"demo.scribe": ["read_graph"]}) as running:
        assert running.ready()[0] == 200
        family = running.family()
        next(each for each in family if each.name().startswith("npm")).kill()
        until(lambda: not any(map(lives, family)))
        until(lambda: running.now()[0] == 200, 60)
        assert not asked(running, "read_graph").is_error


def program(running: Bridge) -> psutil.Process:
    """The real server, which the shell runs."""
    return next(
        each for each in running.family() if "odd_server.py" in " ".join(each.cmdline()[:2])
    )


def test_a_dead_server_is_restarted_without_a_call(tmp_path: Path) -> None:
    broken = tmp_path / "demo.broken"
    with odd(tmp_path) as running:
        assert running.ready() == (200, {"status": "ok"})
        broken.touch()
        program(running).kill()
        until(lambda: running.now()[0] == 503, 3)
        assert "exited with 137" in running.now()[1]["reason"]
        died = time.monotonic()
        until(lambda: running.errors().count("it is broken") == 3)
        assert time.monotonic() - died >= 0.5 + 1.0  # seconds, from one attempt to the next
        assert running.now()[0] == 503
        assert "it is broken; exited with 1" in asked(running, "show").content[0].text
        broken.unlink()
        until(lambda: running.now() == (200, {"status": "ok"}))
        assert not asked(running, "show").is_error
        assert running.errors().count("it is broken") <= 5


def test_an_agents_own_dead_server_is_reported_and_affects_no_other(tmp_path: Path) -> None:
    broken = tmp_path / "demo.scribe.broken"
    with odd(tmp_path, sessions="sticky") as running:
        assert running.ready() == (200, {"status": "ok"})
        broken.touch()
        assert "it is broken" in asked(running, "show").content[0].text
        status, answer = running.now()
        assert (status, answer["status"], list(answer["agents"])) == (200, "ok", ["demo.scribe"])
        assert answer["agents"]["demo.scribe"]["status"] == "failed"
        assert "it is broken" in answer["agents"]["demo.scribe"]["reason"]
        assert not asked(running, "show", "demo.clerk").is_error
        broken.unlink()
        until(lambda: not asked(running, "show").is_error)
        assert running.now() == (200, {"status": "ok"})
        program_of = asked(running, "show", "demo.clerk").structured_content["pid"]
        psutil.Process(program_of).kill()
        until(lambda: list(running.now()[1].get("agents", {})) == ["demo.clerk"])
        assert running.now()[0] == 200


def test_a_server_of_single_agents_that_cannot_start_is_retried(tmp_path: Path) -> None:
    broken = tmp_path / "demo.broken"
    broken.touch()
    with odd(tmp_path, sessions="sticky") as running:
        status, answer = running.ready()
        assert (status, answer["status"]) == (503, "failed")
        assert "it is broken" in answer["reason"]
        broken.unlink()
        until(lambda: running.now() == (200, {"status": "ok"}))
