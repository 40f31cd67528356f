"""PM2 itself judges the ecosystem files: its own validator, and real processes."""

from __future__ import annotations

import json
import os
import re
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
PM2 = ROOT / ".venv" / "node" / "node_modules" / "pm2"
STACKS = sorted(path.parent.name for path in (ROOT / "generated/pm2").glob("*/*.cjs"))
# PM2's validator, called as PM2 calls it, and the keys that it knows (it drops others in silence).
VALIDATE = """
const Config = require(process.argv[1] + "/lib/tools/Config");
const known = new Set(["cmd", "command", "interpreter"]);
for (const [key, rule] of Object.entries(Config.schema)) {
  known.add(key);
  for (const alias of [].concat(rule.alias || [])) known.add(alias);
}
const found = require(process.argv[2]).apps.map((app) => ({
  name: app.name,
  errors: Config.validateJSON(app).errors,
  unknown: Object.keys(app).filter((key) => !known.has(key)),
}));
console.log(JSON.stringify(found));
"""
SERVICE = """
const server = require("http").createServer((_, reply) => reply.end(JSON.stringify({
  port: process.env.PORT, agent: process.env.AGENT_ID, cwd: process.cwd(),
  leaked: process.env.LEAKED || null,
})));
if (process.env.PORT) server.listen(+process.env.PORT, "127.0.0.1");
else setInterval(() => {}, 1000);
"""
SECRETS = {"ANTHROPIC_API_KEY": "not-a-key"}
Pm2 = Callable[..., subprocess.CompletedProcess[str]]


def node(code: str, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["node", "-e", code, *arguments],
        env={"PATH": os.environ["PATH"], "PM2_SILENT": "true", **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def ecosystem(stack: str) -> Path:
    return ROOT / "generated" / "pm2" / stack / "ecosystem.config.cjs"


def apps(stack: str) -> list[dict[str, Any]]:
    code = "console.log(JSON.stringify(require(process.argv[1]).apps))"
    result = node(code, str(ecosystem(stack)), **SECRETS)
    assert result.returncode == 0, result.stderr
    return list(json.loads(result.stdout))


def test_there_is_a_stack_for_the_platform_and_each_project() -> None:
    projects = {path.name for path in (ROOT / "projects").iterdir()}
    assert set(STACKS) == projects | {"platform"}
    assert len(apps("platform")) == 4


@pytest.mark.parametrize("stack", STACKS)
def test_pm2_knows_every_key_and_accepts_every_value(stack: str) -> None:
    result = node(VALIDATE, str(PM2), str(ecosystem(stack)), **SECRETS)
    assert result.returncode == 0, result.stderr
    found = json.loads(result.stdout)
    assert found
    assert [app for app in found if app["errors"] or app["unknown"]] == []


def test_the_validator_can_refuse(tmp_path: Path) -> None:
    bad = tmp_path / "ecosystem.config.cjs"
    app = '{name: "x", script: "x.js", max_memory_restart: "1Gi", instnaces: 2}'
    bad.write_text(f"module.exports = {{apps: [{app}]}};")
    (found,) = json.loads(node(VALIDATE, str(PM2), str(bad)).stdout)
    assert found["errors"]
    assert found["unknown"] == ["instnaces"]


def test_a_missing_secret_stops_before_anything_starts() -> None:
    project = next(stack for stack in STACKS if stack != "platform")
    result = node("require(process.argv[1])", str(ecosystem(project)))
    assert result.returncode != 0
    assert "the environment variable ANTHROPIC_API_KEY is not set" in result.stderr


@pytest.fixture
def pm2() -> Iterator[Pm2]:
    """PM2 with a home of its own (short: it holds a socket) and nothing of our environment."""
    home = tempfile.mkdtemp(prefix="pm2-", dir="/tmp")
    clean = {"PATH": os.environ["PATH"], "HOME": home, "PM2_HOME": home, "PM2_DISCRETE_MODE": "1"}

    def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [str(PM2 / "bin" / "pm2"), "--no-color", *arguments],
            env={**clean, **environment},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    yield run
    run("kill")
    shutil.rmtree(home, ignore_errors=True)


def stage(tmp_path: Path, stack: str) -> tuple[Path, list[dict[str, Any]]]:
    """The ecosystem in a copy of the repository's layout: real scripts, and ports that are free."""
    found = apps(stack)
    text = ecosystem(stack).read_text(encoding="utf-8")
    for app in found:
        script = tmp_path / app["script"]
        script.parent.mkdir(parents=True, exist_ok=True)
        script.write_text(SERVICE)
        if (port := app["env"].get("PORT")) is not None:
            app["env"]["PORT"] = str(free_port())
            text = re.sub(rf'"PORT": "{port}"', f'"PORT": "{app["env"]["PORT"]}"', text)
    file = tmp_path / "generated" / "pm2" / stack / "ecosystem.config.cjs"
    file.parent.mkdir(parents=True)
    file.write_text(text)
    return file, found


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def online(pm2: Pm2, count: int) -> list[dict[str, Any]]:
    """The processes, once they are all up; PM2's own exit code says nothing about that."""
    for _ in range(40):
        listed = json.loads(pm2("jlist").stdout)
        if [p["pm2_env"]["status"] for p in listed] == ["online"] * count:
            return list(listed)
        time.sleep(0.25)
    raise AssertionError([(p["name"], p["pm2_env"]["status"]) for p in listed])


@pytest.mark.parametrize("stack", ["platform", "flashfusion"])
def test_pm2_runs_the_stack(stack: str, pm2: Pm2, tmp_path: Path) -> None:
    file, found = stage(tmp_path, stack)
    started = pm2("start", str(file), **SECRETS)
    assert started.returncode == 0, started.stdout + started.stderr
    count = sum(app["instances"] for app in found)
    assert count == (7 if stack == "platform" else 5)
    running = online(pm2, count)
    time.sleep(1.5)
    assert [p["pm2_env"]["restart_time"] for p in json.loads(pm2("jlist").stdout)] == [0] * count
    modes = {p["name"]: p["pm2_env"]["exec_mode"] for p in running}
    for app in found:
        assert modes[app["name"]] == f"{app['exec_mode']}_mode"
        if port := app["env"].get("PORT"):
            seen = json.loads(curl(int(port)))
            assert seen["port"] == port
            assert seen["cwd"] == str(tmp_path)
            assert seen["leaked"] is None


def curl(port: int) -> str:
    import urllib.request

    with urllib.request.urlopen(f"http://127.0.0.1:{port}", timeout=5) as reply:
        return str(reply.read().decode())
