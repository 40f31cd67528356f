"""PM2's own validator accepts the ecosystem files; tests/local runs them."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

from compiler.derive.pm2 import SETTINGS, Setting

ROOT = Path(__file__).parents[2]
PM2 = ROOT / ".venv" / "node" / "node_modules" / "pm2"
STACKS = sorted(path.parent.name for path in (ROOT / "generated/pm2").glob("*/*.cjs"))
# PM2's validator, called as PM2 calls it, and the keys that it knows; PM2 drops others silently.
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
  unknown: Object.keys(app).filter((key) => !known.has(key) && !/^env_\\S*$/.test(key)),
}));
console.log(JSON.stringify(found));
"""


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


def secrets(stack: str) -> dict[str, str]:
    """A value for each secret of the stack's apps."""
    plan = json.loads(ecosystem(stack).with_name("stack.json").read_text(encoding="utf-8"))
    return {
        secret["name"]: "not-a-key" for app in plan["apps"].values() for secret in app["secrets"]
    }


def apps(stack: str) -> list[dict[str, Any]]:
    code = "console.log(JSON.stringify(require(process.argv[1]).apps))"
    result = node(code, str(ecosystem(stack)), **secrets(stack))
    assert result.returncode == 0, result.stderr
    return list(json.loads(result.stdout))


def test_our_table_of_settings_is_that_of_pm2() -> None:
    code = "console.log(JSON.stringify(require(process.argv[1] + '/lib/API/schema.json')))"
    theirs = json.loads(node(code, str(PM2)).stdout)
    assert theirs.pop(r"^env_\S*$")["type"] == ["object", "string"]
    settings = {
        name: Setting(
            " ".join(_listed(entry["type"])),
            " ".join(_listed(entry.get("alias", []))),
            entry.get("regex", ""),
            entry.get("min"),
        )
        for name, entry in theirs.items()
    }
    assert settings == SETTINGS
    limits = {key for entry in theirs.values() for key in entry} - {"docDescription", "docDefault"}
    assert limits == {"type", "alias", "regex", "min", "require", "default", "desc", "ext_type"}


def _listed(value: str | list[str]) -> list[str]:
    return [value] if isinstance(value, str) else value


def test_there_is_a_stack_for_the_platform_and_each_project() -> None:
    projects = {path.name for path in (ROOT / "projects").iterdir()}
    assert set(STACKS) == projects | {"platform"}
    plan = {"agent-registry", "orchestrator-agent", "workflow-engine", "context-api"}
    assert plan < {app["name"] for app in apps("platform")}


@pytest.mark.parametrize("stack", STACKS)
def test_pm2_knows_every_key_and_accepts_every_value(stack: str) -> None:
    result = node(VALIDATE, str(PM2), str(ecosystem(stack)), **secrets(stack))
    assert result.returncode == 0, result.stderr
    verdicts = json.loads(result.stdout)
    assert verdicts
    assert [app for app in verdicts if app["errors"] or app["unknown"]] == []


def test_the_validator_can_refuse(tmp_path: Path) -> None:
    bad = tmp_path / "ecosystem.config.cjs"
    app = '{name: "x", script: "x.js", max_memory_restart: "1Gi", instnaces: 2}'
    bad.write_text(f"module.exports = {{apps: [{app}]}};")
    (verdict,) = json.loads(node(VALIDATE, str(PM2), str(bad)).stdout)
    assert verdict["errors"]
    assert verdict["unknown"] == ["instnaces"]


@pytest.mark.parametrize("stack", [stack for stack in STACKS if stack != "platform"])
def test_a_missing_secret_stops_before_anything_starts(stack: str) -> None:
    for name in (values := secrets(stack)):
        rest = {other: value for other, value in values.items() if other != name}
        result = node("require(process.argv[1])", str(ecosystem(stack)), **rest)
        assert result.returncode != 0
        assert f"the environment variable {name} is not set" in result.stderr
