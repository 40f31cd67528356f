"""The agent registry as a process, over the registry that Roster wrote."""

from __future__ import annotations

import asyncio
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from signal import SIGTERM
from typing import Any

import httpx
import pytest
from mcp import Client

from stack.services.registry.book import Book

ROOT = Path(__file__).parents[2]
ME = "flashfusion.security"


def free() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


@pytest.fixture(scope="module")
def generated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of generated/, with tokens beside it, that tests may edit."""
    folder = tmp_path_factory.mktemp("registry") / "generated"
    for part in ("registry", "pm2"):
        shutil.copytree(ROOT / "generated" / part, folder / part)
    (folder / "tokens.json").write_text(json.dumps({ME: "a" * 64}))
    return folder


@pytest.fixture(scope="module")
def url(generated: Path) -> Iterator[str]:
    port = free()
    environment = {
        **os.environ, "PYTHONPATH": ".", "PYTHONSAFEPATH": "1", "PORT": str(port),
        "REGISTRY_SEED": str(generated / "registry" / "registry.json"),
        "ROSTER_TOKENS": str(generated / "tokens.json"),
    }  # fmt: skip
    with subprocess.Popen([sys.executable, "stack/registry.py"], cwd=ROOT, env=environment) as run:
        at = f"http://127.0.0.1:{port}"
        for _ in range(200):
            try:
                httpx.get(at + "/readyz")
                break
            except httpx.ConnectError:
                time.sleep(0.1)
        yield at
        run.terminate()
        assert run.wait(10) in (0, -SIGTERM)


def say(url: str, id: str, status: Any, token: str = "a" * 64) -> httpx.Response:
    headers = {"Authorization": f"Bearer {token}"}
    return httpx.put(f"{url}/agents/{id}/status", json={"status": status}, headers=headers)


def test_discovery_needs_all_capabilities(url: str) -> None:
    found = httpx.get(url + "/agents?capability=billing&capability=refunds").json()["agents"]
    assert [agent["id"] for agent in found] == ["flashfusion.financial"]
    assert "embedding" not in found[0]
    assert httpx.get(url + "/agents?capability=billing&capability=etl").json()["agents"] == []
    by = httpx.get(url + "/agents?project=flashfusion&server=database").json()["agents"]
    assert "flashfusion.data-pipeline" in [agent["id"] for agent in by]
    assert all("database" in agent["mcpServers"] for agent in by)


def test_an_unknown_agent_is_told_who_is_like_it(url: str) -> None:
    answer = httpx.get(url + "/agents/flashfusion.securty")
    assert answer.status_code == 404
    assert ME in answer.json()["didYouMean"]
    assert httpx.get(url + "/servers/database").json()["name"] == "database"
    assert httpx.get(url + "/servers/nothing").status_code == 404


def test_only_an_agent_itself_says_how_it_is(url: str) -> None:
    assert say(url, ME, "active", "b" * 64).status_code == 401
    assert say(url, "flashfusion.financial", "active").status_code == 403
    assert say(url, ME, "excellent").status_code == 400
    assert say(url, ME, ["active"]).status_code == 400
    assert say(url, ME, "active").json()["status"] == "active"
    now = httpx.get(f"{url}/agents/{ME}").json()
    assert re.fullmatch(r"20\d\d-\d\d-\d\dT[\d:]{8}Z", now["lastHeartbeat"])
    assert 'roster_agents{status="active"} 1' in httpx.get(url + "/metrics").text


def test_nobody_registers_at_run_time(url: str) -> None:
    answer = httpx.post(url + "/agents", json={"id": "a.b"})
    assert answer.status_code == 403
    assert "specs" in answer.json()["error"]


def test_health_and_card(url: str) -> None:
    answer = httpx.get(f"{url}/agents/{ME}/health").json()
    assert answer == {"id": ME, "healthy": False, "reason": "ConnectError"}
    assert httpx.get(f"{url}/agents/..%2F..%2Ftokens/card").status_code == 404


def test_a_card_is_of_this_machine(url: str, generated: Path) -> None:
    cards = generated / "registry" / "cards"
    cards.mkdir(exist_ok=True)
    there = {"supportedInterfaces": [{"url": "http://security.cluster.svc:8080/a2a"}]}
    (cards / f"{ME}.json").write_text(json.dumps(there))
    [interface] = httpx.get(f"{url}/agents/{ME}/card").json()["supportedInterfaces"]
    assert re.fullmatch(r"http://127\.0\.0\.1:\d+/a2a", interface["url"])


def test_search_without_an_encoder_says_what_is_missing(url: str) -> None:
    answer = httpx.post(url + "/search", json={"text": "leaked credentials"})
    assert answer.status_code in (200, 501)
    assert answer.status_code == 200 or "encoder" in answer.json()["error"]


def test_mcp(url: str) -> None:
    async def calls() -> tuple[Any, Any, Any]:
        async with Client(url + "/mcp") as client:
            one = await client.call_tool("discover", {"capabilities": "billing"})
            two = await client.call_tool("get", {"agent": ME})
            return one, two, await client.call_tool("get", {"agent": "flashfusion.securty"})

    one, two, three = asyncio.run(calls())
    found = one.structured_content["agents"]
    assert "flashfusion.financial" in [agent["id"] for agent in found]
    assert two.structured_content["id"] == ME
    assert three.is_error
    assert ME in three.content[0].text


def test_a_changed_seed_is_read_again_and_a_broken_one_is_not(url: str, generated: Path) -> None:
    path = generated / "registry" / "registry.json"
    text = path.read_text()
    assert say(url, ME, "degraded").status_code == 200
    path.write_text("{")
    assert httpx.get(url + "/readyz").json()["status"] == "degraded"
    assert httpx.get(f"{url}/agents/{ME}").json()["status"] == "degraded"
    less = json.loads(text)
    less["agents"] = [agent for agent in less["agents"] if agent["id"] == ME]
    path.write_text(json.dumps(less))
    assert httpx.get(url + "/readyz").json() == {"status": "ok", "agents": 1}
    assert httpx.get(f"{url}/agents/{ME}").json()["status"] == "degraded"
    assert httpx.get(url + "/agents/flashfusion.financial").status_code == 404
    path.write_text(text)


def test_silence_of_90_seconds_is_offline() -> None:
    now = [0.0]
    book = Book(ROOT / "generated" / "registry" / "registry.json", lambda: now[0])
    assert book.beat(ME, "active")["status"] == "active"
    now[0] = 89.9
    assert book.agents()[ME]["status"] == "active"
    now[0] = 90.0
    assert book.agents()[ME]["status"] == "offline"


def test_the_nearest_come_first(tmp_path: Path) -> None:
    agent = {
        "capabilities": [],
        "mcpServers": [],
        "status": "offline",
        "metadata": {"project": "p"},
    }
    vectors = {"p.far": [0.0, 1.0], "p.near": [2.0, 0.2], "p.none": []}
    agents = [agent | {"id": id, "embedding": vector} for id, vector in vectors.items()]
    path = tmp_path / "registry.json"
    path.write_text(json.dumps({"agents": agents, "mcpServers": []}))
    found = Book(path).nearest([1.0, 0.0], 5)
    assert [one["agent"]["id"] for one in found] == ["p.near", "p.far"]
    assert found[0]["score"] == pytest.approx(0.995, abs=0.001)


def test_a_broken_seed_at_the_start_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "r.json").write_text('{"agents": [1]}')
    environment = {
        **os.environ, "PYTHONPATH": ".", "PORT": "1", "ROSTER_TOKENS": "none",
        "REGISTRY_SEED": str(tmp_path / "r.json"),
    }  # fmt: skip
    ran = subprocess.run(
        [sys.executable, "-P", "stack/registry.py"],
        cwd=ROOT, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert ran.returncode == 2
    assert len(ran.stderr.splitlines()) == 1
