"""`python -m stack` with a real PM2: what it starts, keeps, restarts, removes and refuses."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
import urllib.request
from collections.abc import Callable
from typing import Any

from tests.local.pm2_home import ROOT, App, Home, shop


def ask(app: App) -> Any:
    with urllib.request.urlopen(f"http://127.0.0.1:{app.port}/", timeout=5) as reply:
        return json.load(reply)


def until(holds: Callable[[], bool], seconds: float = 20) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if holds():
            return True
        time.sleep(0.3)
    return False


def states(home: Home, *stacks: str) -> tuple[int, dict[str, str]]:
    """The state of each app by `status`, and its exit code."""
    done = home.stack("status", *stacks, "--format", "json")
    return done.returncode, {app["name"]: app["state"] for app in json.loads(done.stdout)["apps"]}


def test_new_same_changed_and_pruned(home: Home, base: App) -> None:
    a, b = App("shop.a", files=("data.txt",)), App("shop.b")
    (home.root / "data.txt").write_text("one")
    shop(home, a, b)
    first = home.stack("up", "shop")
    assert first.returncode == 0, first.stderr
    assert first.stdout.splitlines()[:3] == [
        f"{'new':<10}{n}" for n in ("base", "shop.a", "shop.b")
    ]
    new = home.pids()
    assert set(new) == {"base", "shop.a", "shop.b"}
    same = home.stack("up", "shop")
    assert (same.returncode, home.pids()) == (0, new)
    assert same.stdout.count("unchanged ") == 3
    (home.root / "data.txt").write_text("two")
    changed = home.stack("up", "shop")
    assert changed.returncode == 0, changed.stderr
    after = home.pids()
    assert {name for name in new if new[name] != after[name]} == {"shop.a"}
    shop(home, a)
    assert f"{'removed':<10}shop.b" in home.stack("up", "shop").stdout
    assert home.pids() == {name: after[name] for name in ("base", "shop.a")}


def test_environments_and_excluded_apps(home: Home, base: App) -> None:
    a, b = App("shop.a", secrets=("KEY",)), App("shop.b")
    shop(home, a, b)
    assert home.stack("up", "shop", "--without", "a", "--env", "dev").returncode == 0
    assert set(home.pids()) == {"base", "shop.b"}
    assert states(home) == (0, {"base": "up", "shop.a": "left out", "shop.b": "up"})
    assert ask(b)["ENVIRONMENT"] == "dev"
    odd = home.stack("up", "shop", "--env", "nowhere", KEY="k")
    assert odd.returncode == 2 and "`nowhere`" in odd.stderr and "dev" in odd.stderr
    wrong = home.stack("up", "shop", "--without", "shop.c")
    assert wrong.returncode == 2 and "did you mean `shop." in wrong.stderr
    assert home.stack("up", "shop", KEY="k").returncode == 0
    assert home.stack("up", "shop", "--without", "servers").returncode == 0
    assert set(home.pids()) == {"base"}
    assert home.stack("up", "shop", KEY="k").returncode == 0
    assert states(home) == (0, dict.fromkeys(("base", "shop.a", "shop.b"), "up"))
    assert home.stack("up", "shop", "--without", "a").returncode == 0
    assert home.stack("down").returncode == 0
    assert states(home, "shop") == (1, dict.fromkeys(("base", "shop.a", "shop.b"), "absent"))


def test_an_agent_knows_which_of_its_servers_do_not_run(home: Home, base: App) -> None:
    """Excluded from its own stack, or in no stack, as a server without a package is."""
    agents = {}
    for stack in ("shop", "farm"):
        access = f"generated/{stack}.json"
        (home.root / "generated" / f"{stack}.json").write_text('{"tools": {"a": {}, "ghost": {}}}')
        agents[stack] = App(f"{stack}.clerk", {"ACCESS": access}, kind="agent")
        home.write(stack, App(f"{stack}.a"), agents[stack], needs=("platform",))
    done = home.stack("up", "shop", "farm", "--without", "shop.a")
    assert done.returncode == 0, done.stderr
    assert "shop.clerk runs without a, ghost" in done.stderr.splitlines()
    assert ask(agents["shop"])["ROSTER_WITHOUT"] == "a,ghost"
    assert ask(agents["farm"])["ROSTER_WITHOUT"] == "ghost"
    (home.root / "generated/shop.json").write_text("{")
    broken = home.stack("up", "shop")
    assert broken.returncode == 2 and "generated/shop.json cannot be read" in broken.stderr


def test_a_killed_app_comes_back(home: Home, base: App) -> None:
    assert home.stack("up", "platform").returncode == 0
    pid = home.pids()["base"]
    os.kill(pid, signal.SIGKILL)
    assert until(lambda: home.pids()["base"] not in (0, pid))
    assert until(lambda: home.stack("status", "platform").returncode == 0)


def test_foreign_apps_are_not_touched(home: Home, base: App) -> None:
    (home.root / "idle.js").write_text("setInterval(() => {}, 1000)")
    home.pm2("start", str(home.root / "idle.js"), "--name", "mine")
    pid = home.pids()["mine"]
    assert home.stack("up", "platform").returncode == 0
    assert home.stack("down").returncode == 0
    assert home.pids() == {"mine": pid}
    home.write("platform", App("mine"))
    clash = home.stack("up", "platform")
    assert clash.returncode == 2 and "PM2 already runs another mine" in clash.stderr
    assert home.pids() == {"mine": pid}


def test_apps_get_only_their_own_secrets_of_the_callers_environment(home: Home, base: App) -> None:
    a = App("shop.a", secrets=("KEY",))
    shop(home, a)
    done = home.stack("up", "shop", KEY="of-the-app", PRIVATE_THING="not-for-apps")
    assert done.returncode == 0, done.stderr
    assert ask(a)["KEY"] == "of-the-app"
    for app in (a, base):
        assert "PRIVATE_THING" not in ask(app)
    assert "KEY" not in ask(base)
    files = [p for folder in (home.root, home.home) for p in folder.rglob("*") if p.is_file()]
    inside = [p for p in files if ".venv" not in p.parts]
    for value in (b"of-the-app", b"not-for-apps"):
        assert not [path for path in inside if value in path.read_bytes()]
    assert not (home.home / "dump.pm2").exists()
    tokens = home.root / ".roster/stack/tokens.json"
    assert tokens.stat().st_mode & 0o777 == 0o600
    assert tokens.parent.stat().st_mode & 0o777 == 0o700


def test_a_crash_loop_is_reported_without_secrets(home: Home, base: App) -> None:
    bad = App("shop.bad", {"CRASH": "1"}, secrets=("KEY",))
    deaf = App("shop.deaf", {"CRASH": "1"}, health=None)
    shop(home, bad, deaf)
    done = home.stack("up", "shop", KEY="hush-hush")
    assert done.returncode == 1
    assert "shop.bad is not up" in done.stderr and "shop.deaf is not up" in done.stderr
    assert "cannot go on with ***" in done.stderr
    assert "hush-hush" not in done.stdout + done.stderr
    assert home.stack("status", "platform").returncode == 0
    assert home.stack("status", "shop").returncode == 1
    shop(home, App("shop.bad", port=bad.port))
    assert home.stack("up", "shop").returncode == 0


def test_the_reported_reason_is_the_apps_own(home: Home) -> None:
    home.write("platform", App("base", {"REASON": "no key fits"}, timeout=4))
    done = home.stack("up", "platform")
    assert done.returncode == 1 and "base is not up: no key fits" in done.stderr


def test_an_app_takes_over_the_port_of_a_removed_one(home: Home) -> None:
    old = App("old")
    home.write("platform", old)
    assert home.stack("up", "platform").returncode == 0
    home.write("platform", App("new", port=old.port))
    done = home.stack("up", "platform")
    assert done.returncode == 0, done.stderr
    assert set(home.pids()) == {"new"}


def test_two_commands_at_once(home: Home, base: App) -> None:
    shop(home, App("shop.a"))
    both = [
        subprocess.Popen(
            home.command("up", "shop"), cwd=ROOT, env=home.environment(),
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )
        for _ in range(2)
    ]  # fmt: skip
    outputs = [command.communicate(timeout=120) for command in both]
    assert [command.returncode for command in both] == [0, 0], outputs
    assert sorted(out.count("new  ") for out, _ in outputs) == [0, 2]
    assert sum("waiting for it" in err for _, err in outputs) == 1


def test_down_twice(home: Home, base: App) -> None:
    shop(home, App("shop.a"))
    assert home.stack("up", "shop").returncode == 0
    assert home.stack("down", "shop").returncode == 0
    assert set(home.pids()) == {"base"}
    assert home.stack("down").returncode == 0
    assert home.pids() == {}
    again = home.stack("down")
    assert again.returncode == 0 and "nothing was running" in again.stderr


def test_a_stack_that_was_removed_from_the_specs(home: Home, base: App) -> None:
    shop(home, App("shop.a"))
    assert home.stack("up", "shop").returncode == 0
    for file in (home.root / "generated/pm2/shop").iterdir():
        file.unlink()
    assert states(home) == (1, {"base": "up", "shop.a": "left"})
    (home.root / "generated").rename(home.root / "elsewhere")
    assert home.stack("down").returncode == 0
    assert home.pids() == {}


def test_the_table_fits_a_narrow_terminal(home: Home, base: App) -> None:
    shop(home, App("shop.a-server-with-a-rather-long-name"))
    assert home.stack("up", "shop").returncode == 0
    lines = home.stack("status", COLUMNS="60").stdout.splitlines()
    assert len(lines) == 3 and max(map(len, lines)) <= 60
    assert "STATE" in lines[0]


def test_tokens_for_the_shell(home: Home, base: App) -> None:
    early = home.stack("env", "platform")
    assert early.returncode == 2 and "make up STACK=platform" in early.stderr
    assert home.stack("up", "platform").returncode == 0
    line = home.stack("env", "platform", "tester").stdout
    name, _, value = line.strip().partition("=")
    assert name == "export ROSTER_TOKEN_PLATFORM_TESTER" and len(value) == 64


def test_an_app_that_crashes_late_is_not_up(home: Home) -> None:
    """It is online at every look, as it lives longer than what PM2 counts as a crash."""
    home.write("platform", App("base", {"CRASH": "1", "LATE": "2.2"}, health=None, timeout=15))
    done = home.stack("up", "platform")
    assert done.returncode == 1 and "base is not up" in done.stderr
