"""The agent registry's program, over the registry that Roster wrote."""

from __future__ import annotations

import asyncio
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from mcp import Client

from stack.services.registry.book import Book
from tests.local.programs import ROOT, serving

ME = "flashfusion.security"


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
    seed, tokens = generated / "registry" / "registry.json", generated / "tokens.json"
    variables = {"REGISTRY_SEED": str(seed), "ROSTER_TOKENS": str(tokens)}
    with serving("stack/registry.py", **variables) as url:
        yield url


def say(url: str, id: str, status: Any, token: str = "a" * 64) -> httpx.Response:
    headers = {"Authorization": f"Bearer {token}"}
    return httpx.put(f"{url}/agents/{id}/status", json={"status": status}, headers=headers)


def test_discovery_needs_all_capabilities(url: str) -> None:
    agents = httpx.get(url + "/agents?capability=billing&capability=refunds").json()["agents"]
    assert [agent["id"] for agent in agents] == ["flashfusion.financial"]
    assert "embedding" not in agents[0]
    assert httpx.get(url + "/agents?capability=billing&capability=etl").json()["agents"] == []
    by = httpx.get(url + "/agents?project=flashfusion&server=database").json()["agents"]
    assert "flashfusion.data-pipeline" in [agent["id"] for agent in by]
    assert all("database" in agent["mcpServers"] for agent in by)


def test_the_answer_for_an_unknown_agent_has_similar_ids(url: str) -> None:
    answer = httpx.get(url + "/agents/flashfusion.securty")
    assert answer.status_code == 404
    assert ME in answer.json()["didYouMean"]
    assert httpx.get(url + "/servers/database").json()["name"] == "database"
    assert httpx.get(url + "/servers/nothing").status_code == 404


def test_only_an_agent_itself_sets_its_status(url: str) -> None:
    assert say(url, ME, "active", "b" * 64).status_code == 401
    assert say(url, "flashfusion.financial", "active").status_code == 403
    assert say(url, ME, "excellent").status_code == 400
    assert say(url, ME, ["active"]).status_code == 400
    assert say(url, ME, "active").json()["status"] == "active"
    now = httpx.get(f"{url}/agents/{ME}").json()
    assert re.fullmatch(r"20\d\d-\d\d-\d\dT[\d:]{8}Z", now["lastHeartbeat"])
    assert 'roster_agents{status="active"} 1' in httpx.get(url + "/metrics").text


def test_agents_cannot_register_at_run_time(url: str) -> None:
    answer = httpx.post(url + "/agents", json={"id": "a.b"})
    assert answer.status_code == 403
    assert "specs" in answer.json()["error"]


def test_health_and_card(url: str) -> None:
    answer = httpx.get(f"{url}/agents/{ME}/health").json()
    assert answer == {"id": ME, "healthy": False, "reason": "ConnectError"}
    assert httpx.get(f"{url}/agents/..%2F..%2Ftokens/card").status_code == 404


def test_a_card_has_an_address_of_this_machine(url: str, generated: Path) -> None:
    cards = generated / "registry" / "cards"
    cards.mkdir(exist_ok=True)
    card = {"supportedInterfaces": [{"url": "http://security.cluster.svc:8080/a2a"}]}
    (cards / f"{ME}.json").write_text(json.dumps(card))
    [interface] = httpx.get(f"{url}/agents/{ME}/card").json()["supportedInterfaces"]
    assert re.fullmatch(r"http://127\.0\.0\.1:\d+/a2a", interface["url"])


def test_search_without_an_encoder_reports_that(url: str) -> None:
    answer = httpx.post(url + "/search", json={"text": "leaked credentials"})
    assert answer.status_code in (200, 501)
    assert answer.status_code == 200 or "encoder" in answer.json()["error"]


def test_mcp(url: str) -> None:
    async def calls() -> tuple[Any, Any, Any]:
        async with Client(url + "/mcp") as client:
            discovered = await client.call_tool("discover", {"capabilities": "billing"})
            agent = await client.call_tool("get", {"agent": ME})
            return (
                discovered,
                agent,
                await client.call_tool("get", {"agent": "flashfusion.securty"}),
            )

    discovered, agent, unknown = asyncio.run(calls())
    ids = [entry["id"] for entry in discovered.structured_content["agents"]]
    assert "flashfusion.financial" in ids
    assert agent.structured_content["id"] == ME
    assert unknown.is_error
    assert ME in unknown.content[0].text


def test_a_changed_seed_is_read_again_but_not_a_broken_one(url: str, generated: Path) -> None:
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
    results = Book(path).nearest([1.0, 0.0], 5)
    assert [result["agent"]["id"] for result in results] == ["p.near", "p.far"]
    assert results[0]["score"] == pytest.approx(0.995, abs=0.001)


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
