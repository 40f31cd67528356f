"""How a program behind the bridge ends, what becomes of it, and what is told of that."""

from __future__ import annotations

import asyncio
import signal
import time
from pathlib import Path
from typing import Any

import psutil
import pytest

from tests.local.bridges import MEMORY, Bridge, asked, bridge, lives, odd, until


def test_a_program_that_ends_breaks_one_call_and_comes_back(tmp_path: Path) -> None:
    with odd(tmp_path, sessions="sticky") as one:
        one.ready()
        clerk = asked(one, "show", "demo.clerk").structured_content["pid"]
        scribe = asked(one, "show").structured_content["pid"]
        broken = asked(one, "die")
        assert broken.is_error
        assert "no more for ***; exited with 3" in broken.content[0].text
        assert asked(one, "show", "demo.clerk").structured_content["pid"] == clerk
        assert "not available" in asked(one, "show").content[0].text
        until(lambda: not asked(one, "show").is_error)
        assert asked(one, "show").structured_content["pid"] not in (clerk, scribe)
        assert asked(one, "twisted").is_error


def test_calls_of_others_are_not_hurt(tmp_path: Path) -> None:
    async def ask(one: Bridge) -> tuple[Any, ...]:
        async with one.client("demo.clerk") as clerk, one.client("demo.scribe") as scribe:
            return await asyncio.gather(clerk.call_tool("sleep", {}), scribe.call_tool("die", {}))

    with odd(tmp_path, sessions="sticky") as one:
        assert one.ready()[0] == 200
        slept, died = asyncio.run(ask(one))
    assert not slept.is_error
    assert died.is_error


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT, signal.SIGKILL])
@pytest.mark.parametrize("arguments", [[], ["stubborn"]])
def test_nothing_outlives_the_bridge(
    tmp_path: Path, how: signal.Signals, arguments: list[str]
) -> None:
    with odd(tmp_path, *arguments) as one:
        assert one.ready()[0] == 200
        family = one.family()
        assert len(family) >= 3 + len(arguments)
        one.process.send_signal(how)
        one.process.wait(10)
        until(lambda: not any(map(lives, family)))


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_nothing_outlives_signals_to_all_of_them_at_once(
    tmp_path: Path, how: signal.Signals
) -> None:
    with odd(tmp_path, "stubborn") as one:
        assert one.ready()[0] == 200
        family = one.family()
        for each in [*family, psutil.Process(one.process.pid)]:
            each.send_signal(how)
        one.process.wait(10)
        until(lambda: not any(map(lives, family)))


def test_a_lost_shell_takes_its_program_along(tmp_path: Path) -> None:
    with odd(tmp_path, "stubborn") as one:
        assert one.ready()[0] == 200
        family = one.family()
        psutil.Process(one.process.pid).children()[0].kill()
        until(lambda: not any(map(lives, family)))
        until(lambda: one.now()[0] == 200)
        assert not asked(one, "show").is_error


def test_npx_leaves_nothing_behind_when_it_is_killed(tmp_path: Path) -> None:
    with bridge(tmp_path, MEMORY, {"demo.scribe": ["read_graph"]}) as one:
        assert one.ready()[0] == 200
        family = one.family()
        next(each for each in family if each.name().startswith("npm")).kill()
        until(lambda: not any(map(lives, family)))
        until(lambda: one.now()[0] == 200, 60)
        assert not asked(one, "read_graph").is_error


def program(one: Bridge) -> psutil.Process:
    """The real server, which the shell runs."""
    return next(each for each in one.family() if "odd_server.py" in " ".join(each.cmdline()[:2]))


def test_a_dead_server_is_noticed_and_begun_anew_without_a_call(tmp_path: Path) -> None:
    broken = tmp_path / "demo.broken"
    with odd(tmp_path) as one:
        assert one.ready() == (200, {"status": "ok"})
        broken.touch()
        program(one).kill()
        until(lambda: one.now()[0] == 503, 3)
        assert "exited with 137" in one.now()[1]["reason"]
        died = time.monotonic()
        until(lambda: one.errors().count("it is broken") == 3)
        assert time.monotonic() - died >= 0.5 + 1.0  # seconds, from one attempt to the next
        assert one.now()[0] == 503
        assert "it is broken; exited with 1" in asked(one, "show").content[0].text
        broken.unlink()
        until(lambda: one.now() == (200, {"status": "ok"}))
        assert not asked(one, "show").is_error
        assert one.errors().count("it is broken") <= 5


def test_an_agents_own_dead_server_is_told_and_hurts_no_other(tmp_path: Path) -> None:
    broken = tmp_path / "demo.scribe.broken"
    with odd(tmp_path, sessions="sticky") as one:
        assert one.ready() == (200, {"status": "ok"})
        broken.touch()
        assert "it is broken" in asked(one, "show").content[0].text
        status, told = one.now()
        assert (status, told["status"], list(told["agents"])) == (200, "ok", ["demo.scribe"])
        assert told["agents"]["demo.scribe"]["status"] == "failed"
        assert "it is broken" in told["agents"]["demo.scribe"]["reason"]
        assert not asked(one, "show", "demo.clerk").is_error
        broken.unlink()
        until(lambda: not asked(one, "show").is_error)
        assert one.now() == (200, {"status": "ok"})
        program_of = asked(one, "show", "demo.clerk").structured_content["pid"]
        psutil.Process(program_of).kill()
        until(lambda: list(one.now()[1].get("agents", {})) == ["demo.clerk"])
        assert one.now()[0] == 200


def test_a_server_of_single_agents_that_cannot_start_is_tried_again(tmp_path: Path) -> None:
    broken = tmp_path / "demo.broken"
    broken.touch()
    with odd(tmp_path, sessions="sticky") as one:
        status, told = one.ready()
        assert (status, told["status"]) == (503, "failed")
        assert "it is broken" in told["reason"]
        broken.unlink()
        until(lambda: one.now() == (200, {"status": "ok"}))
