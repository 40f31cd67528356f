"""What registries start with: entries, SQL, A2A cards and server.json of a small estate."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from compiler.emit.registry.servers import LARGEST, PUBLISHED
from compiler.emit.registry.sql import literal, seed
from tests.estate import compiled

AGENT: dict[str, Any] = {
    "id": "x.y", "name": "Y", "capabilities": ["a"], "embedding": [0.5, -0.25], "purpose": "it's",
    "riskTier": "low", "owner": "o", "healthEndpoint": "http://y", "mcpServers": [],
    "confidenceThreshold": 0.7, "metadata": {"k": "\\"}, "lastHeartbeat": None, "status": "offline",
}  # fmt: skip
SERVER = """
apiVersion: roster/v1
kind: MCPServer
metadata: {{name: sample, owner: desk-team}}
spec:
  displayName: Sample
  description: A server for tests
  version: 1.4.0
  package: {package}
  transport: {{type: stdio, protocolVersion: "2025-11-25", sessions: none}}
  tools: [{tools}]
  dataClass: internal
  secrets:
    - {{name: TOKEN, key: sample/token}}
    - {{name: KEY_FILE, key: sample/key, file: true}}
  resources: {{requests: {{cpu: 100m, memory: 100M}}, limits: {{cpu: "1", memory: 1G}}}}
"""
NPM = '{registry: npm, name: "@a/b", version: 1.4.0, command: [npx, -y, "@a/b@1.4.0", --stdio]}'


def compiled_files(*blocks: str) -> dict[str, str]:
    return {file.path: file.text for file in compiled(*blocks).files}


def described(package: str, tools: str = "{name: look}") -> dict[str, Any]:
    """The server.json of a server with this package."""
    files = compiled_files(SERVER.format(package=package, tools=tools))
    return dict(json.loads(files["registry/servers/sample.json"]))


# --- SQL


@pytest.mark.parametrize(
    ("text", "sql"),
    [
        ("plain", "'plain'"),
        ("it's", "'it''s'"),
        ("C:\\'", "E'C:\\x5c'''"),
        ("two\nlines", "E'two\\x0alines'"),
        ("Zürich 東京", "'Zürich 東京'"),
    ],
)
def test_a_string_constant_means_the_same_whatever_the_settings(text: str, sql: str) -> None:
    assert literal(text) == sql


def digests(sql: str) -> list[str]:
    return re.findall(r"'([0-9a-f]{64})'", sql)


def test_a_digest_is_of_what_the_specs_say_only() -> None:
    (before,) = digests(seed([AGENT], []))
    running = AGENT | {"status": "active", "lastHeartbeat": "2026-11-25T12:00:00Z"}
    assert digests(seed([running], [])) == [before]
    for field in ("name", "purpose", "riskTier", "owner", "healthEndpoint"):
        assert digests(seed([AGENT | {field: "another"}], [])) != [before]
    for more in ({"capabilities": ["b"]}, {"embedding": [0.5]}, {"mcpServers": ["m"]}):
        assert digests(seed([AGENT | more], [])) != [before]


def test_a_seed_is_one_transaction_that_never_sets_what_runs() -> None:
    sql = seed([AGENT], [])
    assert sql.count("BEGIN;") == sql.count("COMMIT;") == 1
    assert sql.endswith("\nCOMMIT;\n")
    (upsert,) = re.findall(r"INSERT INTO agents .*?;\n", sql, re.DOTALL)
    assert "status" not in upsert
    assert "last_heartbeat" not in upsert
    assert "ARRAY[0.5, -0.25]::real[]" in upsert


def test_without_vectors_nothing_asks_for_pgvector() -> None:
    files = compiled_files()
    assert "registry/seed-pgvector.sql" not in files
    assert "vector" not in files["registry/seed.sql"]


def test_every_agent_at_work_has_a_row_and_a_card() -> None:
    files = compiled_files()
    agents = json.loads(files["registry/registry.json"])["agents"]
    assert agents
    for agent in agents:
        assert f"\n  ('{agent['id']}', " in files["registry/seed.sql"]
        card = json.loads(files[f"registry/cards/{agent['id']}.json"])
        assert [skill["id"] for skill in card["skills"]] == agent["capabilities"]
        (interface,) = card["supportedInterfaces"]
        assert agent["healthEndpoint"].startswith(interface["url"] + "/")


# --- server.json


def test_a_published_package_is_started_as_the_spec_says() -> None:
    content = described(NPM)
    (package,) = content["packages"]
    assert content["name"].endswith("/sample")
    assert package == {
        "registryType": "npm",
        "identifier": "@a/b",
        "version": "1.4.0",
        "runtimeHint": "npx",
        "transport": {"type": "stdio"},
        "runtimeArguments": [{"type": "positional", "value": "-y"}],
        "packageArguments": [{"type": "positional", "value": "--stdio"}],
        "environmentVariables": [
            {"name": "TOKEN", "isRequired": True, "isSecret": True},
            {"name": "KEY_FILE", "isRequired": True, "isSecret": True, "format": "filepath"},
        ],
    }


def test_an_image_has_its_version_in_its_name_and_its_settings_as_variables() -> None:
    words = "docker, run, -i, --rm, -e, TOKEN, -e, MODE=fast, --network=none, ghcr.io/a/b:v1.4.0"
    (package,) = described(
        f"{{registry: oci, name: ghcr.io/a/b, version: 1.4.0, command: [{words}]}}"
    )["packages"]
    assert package["identifier"] == "ghcr.io/a/b:v1.4.0"
    assert "version" not in package
    assert package["runtimeArguments"] == [{"type": "positional", "value": "--network=none"}]
    assert package["environmentVariables"][0] == {"name": "MODE", "value": "fast"}


def test_a_command_that_does_not_name_its_package_is_not_guessed_at() -> None:
    (package,) = described(
        "{registry: pypi, name: b, version: 1.4.0, command: [python3, -m, b.server]}"
    )["packages"]
    assert package.keys() == {
        "registryType", "identifier", "version", "transport", "environmentVariables",
    }  # fmt: skip


def test_a_registry_that_the_format_does_not_know_is_metadata() -> None:
    content = described("{registry: go, name: a/b, version: 1.4.0, command: [b, stdio]}")
    assert "packages" not in content
    named = content["_meta"][PUBLISHED]["package"]
    assert named == {"registry": "go", "name": "a/b", "version": "1.4.0"}


def test_metadata_that_is_too_large_loses_the_tools() -> None:
    few = described(NPM)["_meta"][PUBLISHED]
    assert few["tools"] == ["look"]
    many = ", ".join(f"{{name: look_at_a_thing_with_a_long_name_{n}}}" for n in range(120))
    published = described(NPM, many)["_meta"][PUBLISHED]
    assert published == {key: value for key, value in few.items() if key != "tools"}
    assert len(json.dumps(published)) <= LARGEST
