"""The registries' seeds, judged by PostgreSQL, the A2A SDK and MCP's own schema."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pgserver
import pytest
from a2a.types import AgentCard
from google.api import field_behavior_pb2 as behavior
from google.protobuf.json_format import ParseDict, ParseError
from google.protobuf.message import Message

from tests.local.laptop import ESTATE, INPUTS, ROOT
from tests.local.postgres import Postgres, running

GENERATED = ROOT / "generated" / "registry"
SCHEMA = ROOT.parent / "shared" / "schemas" / "server.schema.json"
PACKAGED = Path(pgserver.__file__).parent / "pginstall" / "bin"
BINARIES = [PACKAGED, *sorted(Path("/usr/lib/postgresql").glob("*/bin"))]
CLERK = "specs/agents/clerk.yaml"


# --- PostgreSQL


@pytest.fixture(scope="module", params=BINARIES, ids=lambda path: path.parts[-2])
def postgres(request: pytest.FixtureRequest) -> Iterator[Postgres]:
    with running(request.param) as server:
        yield server


def seed(folder: Path, *edits: tuple[str, str, str]) -> str:
    """The seed of the small estate, after edits (file, old text, new text) of its specs."""
    root = folder / "estate"
    shutil.rmtree(root, ignore_errors=True)
    for name in INPUTS:
        shutil.copytree(ESTATE / name, root / name)
    for path, old, new in edits:
        text = (root / path).read_text(encoding="utf-8")
        assert old in text, path
        (root / path).write_text(text.replace(old, new), encoding="utf-8")
    command = [ROOT / ".venv/bin/roster", "generate", "--root", root]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return (root / "generated/registry/seed.sql").read_text(encoding="utf-8")


def seed_of(agents: list[Any], servers: list[Any]) -> str:
    """A seed of any rows."""
    program = (
        "import json, sys; from compiler.emit.registry.sql import seed;"
        "sys.stdout.reconfigure(encoding='utf-8'); print(seed(*json.load(sys.stdin)))"
    )
    return subprocess.run(
        [ROOT / ".venv/bin/python", "-c", program],
        input=json.dumps([agents, servers]),
        capture_output=True, encoding="utf-8", check=True, cwd=ROOT,
    ).stdout  # fmt: skip


def registry() -> dict[str, Any]:
    return dict(json.loads((GENERATED / "registry.json").read_text(encoding="utf-8")))


def test_a_second_load_changes_nothing(postgres: Postgres) -> None:
    database, text = postgres.fresh(), (GENERATED / "seed.sql").read_text(encoding="utf-8")
    database(text)
    first = database.state()
    database(text)
    assert database.state() == first
    assert database("SELECT count(*) FROM agents") == str(len(registry()["agents"]))
    assert database("SELECT count(*) FROM mcp_servers") == str(len(registry()["mcpServers"]))


def test_the_rows_equal_the_json(postgres: Postgres) -> None:
    database = postgres.fresh()
    database((GENERATED / "seed.sql").read_text(encoding="utf-8"))
    columns = (
        'id, name, capabilities, embedding, purpose, risk_tier "riskTier", owner,'
        'health_endpoint "healthEndpoint", mcp_servers "mcpServers",'
        'confidence_threshold "confidenceThreshold", metadata,'
        'last_heartbeat "lastHeartbeat", status'
    )
    by_id = sorted(registry()["agents"], key=lambda agent: agent["id"])
    assert database.json(f'SELECT {columns} FROM agents ORDER BY id COLLATE "C"') == by_id


def test_the_status_of_agents_survives_a_change_of_the_specs(
    postgres: Postgres, tmp_path: Path
) -> None:
    database = postgres.fresh()
    database(seed(tmp_path))
    database("UPDATE agents SET status = 'active', last_heartbeat = '2026-11-25 12:00Z'")
    xmin = "SELECT id, xmin::text FROM agents ORDER BY id"
    before = {row["id"]: row["xmin"] for row in database.json(xmin)}
    database(seed(tmp_path, (CLERK, "confidenceThreshold: 0.7", "confidenceThreshold: 0.75")))
    after = {row["id"]: row["xmin"] for row in database.json(xmin)}
    assert {id for id in after if after[id] != before[id]} == {"demo.clerk"}
    assert database("SELECT confidence_threshold FROM agents WHERE id = 'demo.clerk'") == "0.75"
    alive = "status = 'active' AND last_heartbeat = '2026-11-25 12:00Z' AND NOT retired"
    assert database(f"SELECT count(*) FROM agents WHERE {alive}") == "3"


def test_removed_agents_are_retired_and_can_return(postgres: Postgres) -> None:
    database, all = postgres.fresh(), registry()
    agents, servers = all["agents"][:2], all["mcpServers"][:2]
    gone = "SELECT (SELECT string_agg(id, ',') FROM agents WHERE retired)"
    database(seed_of(agents, servers))
    database("UPDATE agents SET status = 'active', last_heartbeat = now()")
    database(seed_of(agents[1:], servers[1:]))
    before = database.state()
    assert database(gone) == agents[0]["id"]
    assert database("SELECT name FROM mcp_servers WHERE retired") == servers[0]["name"]
    kept = "SELECT status, last_heartbeat IS NOT NULL FROM agents WHERE retired"
    assert database(kept) == "offline|t"
    database(seed_of(agents[1:], servers[1:]))
    assert database.state() == before
    database(seed_of(agents, servers))
    assert database(gone) == ""
    assert database("SELECT count(*) FROM mcp_servers WHERE retired") == "0"


def test_an_empty_seed_is_valid(postgres: Postgres) -> None:
    database = postgres.fresh()
    database(seed_of([], []))
    database(seed_of(registry()["agents"], registry()["mcpServers"]))
    database(seed_of([], []))
    assert database("SELECT count(*) FROM agents WHERE NOT retired") == "0"


HOSTILE = (
    "O'Brien'); DROP TABLE agents; --", "a\\'b\\\\ \\n \\", "$$ $1 :name :'name' %s {} \\gset",
    "Zürich 東京 🚀", "two\nlines\t\\.\n\\q\n", '{"a": ["b\'"], "c,d"}', "NULL", "' \\' '' E'x'",
    "\x01\x7f\u2028\u202e",
)  # fmt: skip


@pytest.mark.parametrize("strings", ["on", "off"])
def test_text_is_never_run_as_sql(postgres: Postgres, strings: str) -> None:
    agent, server = registry()["agents"][0], registry()["mcpServers"][0]
    agents = [
        agent | {
            "id": f"{number} {text}", "name": text, "purpose": text, "owner": text,
            "capabilities": [text, "x"], "mcpServers": [text], "metadata": {text: [text]},
        }
        for number, text in enumerate(HOSTILE)
    ]  # fmt: skip
    servers = [server | {"name": f"{n} {text}", "tools": [text]} for n, text in enumerate(HOSTILE)]
    database = postgres.fresh(f"standard_conforming_strings = {strings}")
    database("SET escape_string_warning = off; " + seed_of(agents, servers))
    rows = database.json("SELECT * FROM agents ORDER BY id")
    for row, want in zip(rows, agents, strict=True):
        names = ("id", "name", "purpose", "owner", "capabilities", "metadata")
        assert {name: row[name] for name in names} == {name: want[name] for name in names}
        assert row["mcp_servers"] == want["mcpServers"]
    tools = [row["tools"] for row in database.json("SELECT * FROM mcp_servers ORDER BY name")]
    assert tools == [[text] for text in HOSTILE]


@pytest.mark.parametrize(
    "change",
    ["status = 'sleepy'", "risk_tier = 'none'", "confidence_threshold = 1.01", "owner = NULL"],
)
def test_invalid_values_are_refused(postgres: Postgres, change: str) -> None:
    database = postgres.fresh()
    database(seed_of(registry()["agents"], []))
    process = database.start(f"UPDATE agents SET {change};")
    assert "violates" in process.communicate(timeout=60)[1]


def test_replicas_may_load_at_once(postgres: Postgres) -> None:
    database, text = postgres.fresh(), (GENERATED / "seed.sql").read_text(encoding="utf-8")
    loads = [database.start(text) for _ in range(6)]
    assert [load.communicate(timeout=60)[1] for load in loads] == [""] * 6


@pytest.mark.parametrize("postgres", [PACKAGED], indirect=True, ids=["pgserver"])
def test_vectors_are_searched_with_pgvector(postgres: Postgres) -> None:
    """Debian's PostgreSQL has no pgvector, pgserver's has."""
    program = "from compiler.emit.registry.sql import PGVECTOR; print(PGVECTOR)"
    python = ROOT / ".venv/bin/python"
    search = subprocess.check_output([python, "-c", program], text=True, cwd=ROOT)
    database, agents = postgres.fresh(), registry()["agents"][:3]
    turned = [[1.0 if at == place else 0.001 for at in range(384)] for place in range(2)]
    first, second, third = (
        agent | {"embedding": vector} for agent, vector in zip(agents, [*turned, []], strict=True)
    )
    database(seed_of([first, second, third], []))
    database(search)
    before = database.state()
    database(search)
    assert database.state() == before
    near = f"ORDER BY embedding_vector <=> '{turned[1]}' LIMIT 1"
    query = f"SELECT id FROM agents WHERE embedding_vector IS NOT NULL {near}"
    assert database(query) == second["id"]
    plan = f"SET enable_seqscan = off; EXPLAIN SELECT id FROM agents {near}"
    assert "agents_embedding" in database(plan)
    database(
        seed_of([first | {"embedding": turned[1]}, second | {"embedding": turned[0]}, third], [])
    )
    assert database(query) == first["id"]


# --- A2A


def missing(message: Message, route: str = "") -> Iterator[str]:
    """Every field that a2a.proto marks as REQUIRED and that a card, or a part of it, lacks."""
    for field in message.DESCRIPTOR.fields:
        required = behavior.REQUIRED in field.GetOptions().Extensions[behavior.field_behavior]
        value = getattr(message, field.name)
        present = message.HasField(field.name) if field.has_presence else bool(value)
        if required and not present:
            yield f"{route}.{field.json_name}"
        if field.message_type is None or not present:
            continue
        if field.message_type.GetOptions().map_entry:
            parts = [part for part in value.values() if isinstance(part, Message)]
        else:
            parts = list(value) if field.is_repeated else [value]
        for part in parts:
            yield from missing(part, f"{route}.{field.json_name}")


CARDS = sorted((GENERATED / "cards").glob("*.json"))


def test_every_agent_has_a_card() -> None:
    ids = sorted(agent["id"] for agent in registry()["agents"])
    assert sorted(path.stem for path in CARDS) == ids


@pytest.mark.parametrize("path", CARDS, ids=lambda path: path.stem)
def test_the_a2a_sdk_accepts_a_card(path: Path) -> None:
    card = json.loads(path.read_text(encoding="utf-8"))
    parsed = ParseDict(card, AgentCard())
    assert list(missing(parsed)) == []
    (agent,) = (entry for entry in registry()["agents"] if entry["id"] == path.stem)
    assert [skill.id for skill in parsed.skills] == agent["capabilities"]
    assert agent["healthEndpoint"].startswith(parsed.supported_interfaces[0].url)
    assert parsed.security_schemes["bearer"].http_auth_security_scheme.scheme == "Bearer"
    assert "bearer" in parsed.security_requirements[0].schemes


def test_the_check_of_cards_finds_missing_fields() -> None:
    card = json.loads(CARDS[0].read_text(encoding="utf-8"))
    del card["version"], card["skills"][0]["tags"], card["supportedInterfaces"][0]["url"]
    card["securitySchemes"]["bearer"]["httpAuthSecurityScheme"] = {}
    wrong = set(missing(ParseDict(card, AgentCard())))
    scheme = ".securitySchemes.httpAuthSecurityScheme.scheme"
    assert wrong == {".version", ".skills.tags", ".supportedInterfaces.url", scheme}
    with pytest.raises(ParseError):
        ParseDict(card | {"url": "http://old"}, AgentCard())


# --- server.json


DESCRIPTIONS = sorted((GENERATED / "servers").glob("*.json"))


def test_every_server_has_a_description() -> None:
    names = sorted(server["name"] for server in registry()["mcpServers"])
    assert sorted(path.stem for path in DESCRIPTIONS) == names


@pytest.mark.skipif(not SCHEMA.exists(), reason="the schema of server.json is not on this machine")
@pytest.mark.parametrize("path", DESCRIPTIONS, ids=lambda path: path.stem)
def test_a_description_passes_mcps_own_schema(path: Path) -> None:
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    content = json.loads(path.read_text(encoding="utf-8"))
    jsonschema.Draft7Validator.check_schema(schema)
    checker = jsonschema.FormatChecker()
    faults = jsonschema.Draft7Validator(schema, format_checker=checker).iter_errors(content)
    assert [fault.message for fault in faults] == []
    assert content["$schema"] == schema["$id"]
    published = content["_meta"]["io.modelcontextprotocol.registry/publisher-provided"]
    assert len(json.dumps(published).encode()) <= 4096
