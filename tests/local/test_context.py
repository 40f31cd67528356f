"""The context API's program, over a real Redis."""

from __future__ import annotations

import asyncio
import hashlib
import json
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from mcp import Client
from mcp.client.streamable_http import streamable_http_client

from stack.services.context.redaction import redact
from tests.accept.programs import environment, program
from tests.local.programs import free_port, serving

TOKENS = {name: letter * 64 for name, letter in (("p.low", "1"), ("p.high", "2"), ("p.read", "3"))}
SCHEMA = {"type": "object", "required": ["plan"], "properties": {"plan": {"enum": ["a", "b"]}}}


def space(conflict: str, **more: Any) -> dict[str, Any]:
    usual = {"ttl": 600, "redaction": [], "dataClass": "internal", "schema": None}
    writers = {"p.low": 10, "p.high": 20}
    readers = ["p.low", "p.read"]
    plain = {"description": "d", "readers": readers, "writers": writers, "conflict": conflict}
    return plain | usual | more


SPACES = {
    "versions": space("version"),
    "ranks": space("priority", ttl=1),
    "plain": space("last-write", redaction=["email", "token", "name"]),
    "shaped": space("last-write", schema=SCHEMA),
    "secret": space("last-write", readers=[], writers={"p.high": 1}),
}


def redis(port: int) -> subprocess.Popen[bytes]:
    command = [program("redis-server"), "--port", str(port), "--bind", "127.0.0.1"]
    quiet = ["--save", "", "--appendonly", "no", "--loglevel", "warning"]
    run = subprocess.Popen([*command, *quiet], env=environment(), stdout=subprocess.DEVNULL)
    for _ in range(100):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return run
        time.sleep(0.05)
    pytest.fail("redis-server does not listen")


class Running:
    """The context API, its Redis, and its audit log."""

    def __init__(self, url: str, redis_port: int, log: Path) -> None:
        self.url, self.redis_port, self.log = url, redis_port, log
        self.redis = redis(redis_port)

    def ask(self, method: str, path: str, caller: str = "p.low", **more: Any) -> httpx.Response:
        headers = {"Authorization": f"Bearer {TOKENS.get(caller, caller)}"} | more.pop(
            "headers", {}
        )
        return httpx.request(method, f"{self.url}{path}", headers=headers, **more)

    def put(self, path: str, value: Any, caller: str = "p.low", **headers: str) -> httpx.Response:
        named = {key.replace("_", "-"): word for key, word in headers.items()}
        return self.ask("PUT", f"/spaces/{path}", caller, json=value, headers=named)

    def get(self, path: str, caller: str = "p.low") -> httpx.Response:
        return self.ask("GET", f"/spaces/{path}", caller)


@pytest.fixture(scope="module")
def api(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    folder, port = tmp_path_factory.mktemp("context"), free_port()
    (folder / "spaces.json").write_text(json.dumps({"version": 1, "spaces": SPACES}))
    (folder / "tokens.json").write_text(json.dumps(TOKENS))
    variables = {
        "REDIS_URL": f"redis://127.0.0.1:{port}/0", "CONTEXT_SPACES": str(folder / "spaces.json"),
        "ROSTER_TOKENS": str(folder / "tokens.json"),
    }  # fmt: skip
    log = folder / "audit"
    with log.open("wb") as output, serving("stack/context.py", output, **variables) as url:
        running = Running(url, port, log)
        yield running
        running.redis.terminate()
        running.redis.wait(10)


def test_who_reads_and_writes(api: Running) -> None:
    assert api.put("plain/a", {"n": 1}).json()["version"] == 1
    assert api.get("plain/a", "p.read").json()["value"] == {"n": 1}
    assert api.put("plain/a", 2, "p.read").status_code == 403
    assert api.get("plain/a", "p.high").status_code == 403
    assert api.get("secret/a").status_code == 403
    assert api.get("plain/a", "unknown").status_code == 401
    assert api.put("plain/a", 2, "unknown").status_code == 401
    assert api.get("other/a").status_code == 404
    listed = api.ask("GET", "/spaces", "p.read").json()["spaces"]
    assert {space["space"] for space in listed} == {"versions", "ranks", "plain", "shaped"}
    assert not any(space["write"] for space in listed)


def test_versions(api: Running) -> None:
    assert api.put("versions/v", 1).status_code == 428
    assert api.put("versions/v", 1, If_None_Match="*").json()["version"] == 1
    refused = api.put("versions/v", 2, If_None_Match="*")
    assert (refused.status_code, refused.json()["version"]) == (409, 1)
    assert api.put("versions/v", 2, If_Match='"1"').headers["etag"] == '"2"'
    assert api.put("versions/v", 3, If_Match="x").status_code == 400


def test_of_50_writers_exactly_one_writes_each_version(api: Running) -> None:
    async def race() -> list[list[int]]:
        limits = httpx.Limits(max_connections=50)
        async with httpx.AsyncClient(limits=limits, timeout=30) as client:
            return [[a.status_code for a in await round(client, n)] for n in range(5)]

    async def round(client: httpx.AsyncClient, version: int) -> list[httpx.Response]:
        headers = {"Authorization": f"Bearer {TOKENS['p.low']}", "If-Match": str(version)}
        place = f"{api.url}/spaces/versions/race"
        each = (client.put(place, json=n, headers=headers) for n in range(50))
        return await asyncio.gather(*each)

    for codes in asyncio.run(race()):
        assert sorted(codes) == [200] + [409] * 49
    assert api.get("versions/race").json()["version"] == 5


def test_a_higher_priority_holds_until_it_expires(api: Running) -> None:
    assert api.put("ranks/r", "low").status_code == 200
    assert api.put("ranks/r", "high", "p.high").status_code == 200
    assert api.put("ranks/r", "low").status_code == 409
    time.sleep(1.2)
    assert api.get("ranks/r").status_code == 404
    assert api.put("ranks/r", "low").status_code == 200


def test_values_are_validated_and_redacted(api: Running) -> None:
    refused = api.put("shaped/s", {"plan": "c"})
    assert (refused.status_code, refused.json()["path"]) == (422, "$.plan")
    assert api.put("shaped/s", {"plan": "a"}).status_code == 200
    api.put("plain/p", {"name": "Ann", "text": "ann@example.org said hi"})
    value = api.get("plain/p").json()["value"]
    assert value == {"name": "[redacted:name]", "text": "[redacted:email] said hi"}
    assert api.put("plain/p", {"ann@example.org": 1}).status_code == 400


@pytest.mark.parametrize(
    "body",
    [
        b'{"a":1,"a":2}', b"NaN", b"[1e999]", b"", b"\xff", b'"\\ud800"',
        b"[" * 65 + b"]" * 65, b"[" * 100_000, b'"' + b"x" * 300_000 + b'"', b"9" * 5000,
    ],
    ids=["twice", "nan", "inf", "empty", "utf8", "lone", "deep", "deepest", "huge", "digits"],
)  # fmt: skip
def test_hostile_values(api: Running, body: bytes) -> None:
    assert api.ask("PUT", "/spaces/plain/h", content=body).status_code == 400
    assert api.get("plain/h").status_code == 404


@pytest.mark.parametrize("key", ["%2e%2e%2fplain", "*", "a%20b", "a%0a", "x" * 201, "%C3%A4"])
def test_hostile_keys(api: Running, key: str) -> None:
    assert api.put(f"plain/{key}", 1).status_code == 400


def test_a_foreign_host_is_refused(api: Running) -> None:
    assert api.ask("GET", "/spaces", headers={"Host": "evil.example"}).status_code == 403


def test_mcp(api: Running) -> None:
    async def calls() -> list[Any]:
        import httpx2  # the client of the MCP SDK

        headers = {"Authorization": f"Bearer {TOKENS['p.low']}"}
        async with httpx2.AsyncClient(headers=headers) as http:  # noqa: SIM117
            async with Client(streamable_http_client(api.url + "/mcp", http_client=http)) as client:
                put = {"space": "versions", "key": "m", "value": {"n": [1]}, "expected_version": 0}
                return [
                    await client.call_tool("list_spaces", {}),
                    await client.call_tool("put_context", put),
                    await client.call_tool("put_context", put),
                    await client.call_tool("get_context", {"space": "versions", "key": "m"}),
                    await client.call_tool("get_context", {"space": "secret", "key": "m"}),
                ]

    spaces, first, second, got, secret = asyncio.run(calls())
    assert len(spaces.structured_content["spaces"]) == 4
    assert first.structured_content["version"] == 1
    assert second.is_error
    assert got.structured_content["value"] == {"n": [1]}
    assert secret.is_error


def test_the_audit_has_no_values_and_no_keys(api: Running) -> None:
    api.put("plain/audit-key", "audit-value")
    text = api.log.read_text()
    assert "audit-key" not in text
    assert "audit-value" not in text
    last = json.loads(text.splitlines()[-1])
    assert last["key"] == hashlib.sha256(b"audit-key").hexdigest()
    assert (last["identity"], last["allowed"], last["version"]) == ("p.low", True, 1)


def test_redis_stops_and_restarts(api: Running) -> None:
    api.redis.terminate()
    api.redis.wait(10)
    assert api.get("plain/a").status_code == 503
    assert api.put("plain/a", 1).status_code == 503
    assert api.ask("GET", "/readyz").status_code == 503
    api.redis = redis(api.redis_port)
    assert api.ask("GET", "/readyz").status_code == 200
    assert api.put("plain/a", 1).status_code == 200


@pytest.mark.parametrize(
    ("kind", "text", "redacted"),
    [
        ("iban", "to DE89 3704 0044 0532 0130 00 now", "to [redacted:iban] now"),
        ("iban", "DE89 3704 0044 0532 0130 01", "DE89 3704 0044 0532 0130 01"),
        ("card", "4111 1111 1111 1111", "[redacted:card]"),
        ("card", "4111 1111 1111 1112", "4111 1111 1111 1112"),
        ("phone", "call +49 30 1234567.", "call [redacted:phone]."),
        ("phone", "on 2026-11-25 at 10:00", "on 2026-11-25 at 10:00"),
        ("token", "Bearer " + "q" * 40, "Bearer [redacted:token]"),
        ("token", "redis://u:pw@host", "redis://[redacted:token]@host"),
    ],
)
def test_redaction(kind: str, text: str, redacted: str) -> None:
    assert redact({"t": [text]}, [kind]) == {"t": [redacted]}


def test_redaction_is_linear() -> None:
    started = time.monotonic()
    for text in ("a" * 262_000, "1 " * 131_000, "AB12 " * 52_000, "0" * 262_000, "-----BEGIN " * 9):
        redact(text, ["email", "phone", "iban", "card", "token"])
    assert time.monotonic() - started < 10
