"""What the local stack gets: PM2's files, ports that stay, bridges, contexts and workflows."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from compiler.admit import PROCESS, admit
from compiler.derive.pm2 import SETTINGS, fault, faults
from compiler.derive.stack import ports
from compiler.emit import File, Origin
from compiler.model import Platform
from compiler.pipeline import compile, read
from tests import shipped
from tests.estate import TODAY, compiled, sources

ROOT = Path(__file__).parents[1]
APPS = re.compile(r"^const apps = (.*?);\nfor ", re.MULTILINE | re.DOTALL)


@pytest.fixture(scope="module")
def files() -> dict[str, str]:
    """The shipped estate's files for laptops."""
    return {
        file.path: file.text for file in shipped.files() if not file.path.startswith("clusters/")
    }


def apps(files: dict[str, str], stack: str) -> dict[str, dict[str, Any]]:
    match = APPS.search(files[f"pm2/{stack}/ecosystem.config.cjs"])
    assert match
    return {app["name"]: app for app in json.loads(match[1])}


def stacks(files: dict[str, str]) -> list[str]:
    return sorted(path.split("/")[1] for path in files if path.endswith("/stack.json"))


def stack_facts(files: dict[str, str], stack: str) -> dict[str, Any]:
    return dict(json.loads(files[f"pm2/{stack}/stack.json"]))


# --- PM2's settings


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("instnaces", 2), ("max_memory_restart", "1Gi"), ("exec_mode", "clusterr"),
        ("autorestart", "yes"), ("instances", "2"), ("instances", True), ("wait_ready", 1),
        ("min_uptime", 5), ("min_uptime", "5d"), ("max_restarts", -1), ("args", {"a": 1}),
        ("env_prod", ["A"]), ("watch", 3),
    ],
)  # fmt: skip
def test_what_pm2_drops_or_refuses_is_known(name: str, value: Any) -> None:
    assert fault(name, value)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("max_memory_restart", "512M"), ("max_memory_restart", 1), ("interpreter", "python3"),
        ("env_prod", {"A": "b"}), ("cron", "0 3 * * *"), ("min_uptime", "5s"), ("watch", ["a"]),
    ],
)  # fmt: skip
def test_what_pm2_takes_is_known(name: str, value: Any) -> None:
    assert fault(name, value) == ""


def test_there_is_a_setting_for_each_key_of_pm2() -> None:
    assert len(SETTINGS) == 64  # the 65th is the pattern of `env_*`


def test_no_app_has_a_setting_that_pm2_would_drop(files: dict[str, str]) -> None:
    some = [app for stack in stacks(files) for app in apps(files, stack).values()]
    assert len(some) > 50
    assert [wrong for app in some for wrong in faults(app)] == []
    assert all(app["exec_mode"] in ("fork", "cluster") for app in some)


def test_an_ecosystem_that_pm2_would_misread_is_refused() -> None:
    graph = read(shipped.sources().values()).graph
    assert graph
    (platform,) = graph.all(Platform)
    literal = json.dumps([{"name": "a", "instnaces": 2}])
    text = f"const apps = {literal};\nfor (const app of apps) {{}}\n"
    origins = (Origin("", platform), Origin("apps.0", platform, ("processes", 0)))
    (diagnostic,) = admit([File("pm2/x/ecosystem.config.cjs", text, origins)])
    assert diagnostic.code == PROCESS.code
    assert diagnostic.span == platform.at("processes", 0)
    assert "apps.0.instnaces" in diagnostic.message


# --- what is emitted


PLATFORM = (ROOT / "tests/prelude.yaml").read_text().split("---\n")[0]
PROCESS_LINES = """\
  processes:
    - name: etl
      script: src/etl.py
      interpreter: python
      args: [--once]
      port: 4100
      health: /up
      secrets: [ETL_KEY]
      env: {MODE: plain}
      environments: {prod: {MODE: careful}}
      options: {cron_restart: "0 3 * * *"}
    - {name: store, script: redis-server, interpreter: none}
"""


def test_a_process_is_emitted_with_all_that_it_says() -> None:
    result = compiled(PLATFORM.rstrip() + "\n" + PROCESS_LINES)
    assert not result.failed, result.diagnostics
    files = {file.path: file.text for file in result.files}
    etl = apps(files, "platform")["etl"]
    assert (etl["script"], etl["interpreter"], etl["args"]) == ("src/etl.py", "python3", ["--once"])
    assert etl["env"]["MODE"] == "plain"
    assert etl["env"]["PORT"] == "4100"
    assert etl["env_prod"] == {"ENVIRONMENT": "prod", "MODE": "careful"}
    assert etl["cron_restart"] == "0 3 * * *"
    assert "wait_ready" not in etl  # only our own programs report to PM2
    facts = stack_facts(files, "platform")["apps"]["etl"]
    assert facts["secrets"] == [{"name": "ETL_KEY", "file": False}]
    assert (facts["health"], facts["port"]) == ("/up", 4100)
    assert stack_facts(files, "platform")["apps"]["store"]["programs"] == ["redis-server"]
    assert '"etl": ["ETL_KEY"]' in files["pm2/platform/ecosystem.config.cjs"]


def test_stack_and_ecosystem_name_the_same_apps(files: dict[str, str]) -> None:
    for stack in stacks(files):
        assert list(stack_facts(files, stack)["apps"]) == list(apps(files, stack))


def test_ports_are_taken_once_and_stay_below_those_of_clients(files: dict[str, str]) -> None:
    every = [
        app["port"] for stack in stacks(files) for app in stack_facts(files, stack)["apps"].values()
    ]
    ports = [port for port in every if port is not None]
    assert len(ports) == len(set(ports))
    assert max(ports) < 32_768


def test_a_project_moves_no_ports_of_another(files: dict[str, str]) -> None:
    sources = shipped.sources()
    rest = [
        source for path, source in sources.items() if not path.startswith("projects/flashfusion/")
    ]
    result = compile(_without_space(rest, "flashfusion"), today=TODAY)
    assert not result.failed, result.diagnostics
    fewer = {file.path: file.text for file in result.files}
    path = "pm2/project-nexus/stack.json"
    assert fewer[path] == files[path]


def _without_space(sources: Any, project: str) -> Any:
    """Context spaces of a project go with it, and servers and agents that only it used stay."""
    return [source for source in sources if f"project: {project}" not in source.text]


def test_a_bridge_lets_in_whom_the_relation_names(files: dict[str, str]) -> None:
    bridge = json.loads(files["pm2/project-nexus/servers/kubernetes.json"])
    assert bridge["tools"] == {
        "project-nexus.devops": [
            "events_list", "pods_delete", "pods_get", "pods_list_in_namespace", "resources_scale",
        ]
    }  # fmt: skip
    config = json.loads(files["clients/project-nexus/devops/local/.mcp.json"])
    entry = config["mcpServers"]["kubernetes"]
    assert entry["url"] == f"http://127.0.0.1:{bridge['port']}{bridge['path']}"
    assert entry["headers"] == {"Authorization": "Bearer ${ROSTER_TOKEN_PROJECT_NEXUS_DEVOPS}"}


def test_ports_of_many_projects_are_taken_once() -> None:
    project = (ROOT / "tests/prelude.yaml").read_text().split("---\n")[-1]
    blocks = [project.replace("name: flashfusion", f"name: p{n}") for n in range(2000)]
    reading = read(sources(blocks).values())
    assert reading.graph, reading.diagnostics
    graph = reading.graph
    numbers = ports(graph)
    assert len(numbers) > 4000
    assert len(set(numbers.values())) == len(numbers)
    assert min(numbers.values()) >= 20_000
    assert max(numbers.values()) < 32_000


def test_contexts_name_identities_at_work(files: dict[str, str]) -> None:
    spaces = json.loads(files["context/spaces.json"])["spaces"]
    profile = spaces["customer-profile"]
    assert profile["writers"] == {
        "flashfusion.customer-support": 20, "flashfusion.data-pipeline": 10,
    }  # fmt: skip
    assert profile["schema"]["type"] == "object"
    assert profile["ttl"] == 30 * 86400
    assert "project-nexus.auditor" in spaces["findings"]["writers"]


def test_every_workflow_is_there_with_its_steps(files: dict[str, str]) -> None:
    workflows = {
        path: json.loads(text) for path, text in files.items() if path.startswith("workflows/")
    }
    assert len(workflows) == 5
    review = workflows["workflows/harvestflow.code-review.json"]
    assert [step["approval"] for step in review["pattern"]["steps"]] == ["none"] * 3 + ["human"]
    assert review["pattern"]["steps"][0]["timeout"] == 300
    kinds = {workflow["pattern"]["type"] for workflow in workflows.values()}
    assert kinds == {"sequential", "reflection", "magentic", "event-driven"}
