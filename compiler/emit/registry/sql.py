"""The registry's rows as SQL for PostgreSQL >= 14: loading a file twice changes nothing.

A row is written where the digest of its specs differs. The runtime columns (`status`,
`last_heartbeat`) are never overwritten; a row without specs is retired until its specs return.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, NamedTuple

_ESCAPED = re.compile(r"[\x00-\x1f\x7f\\]")
_LOCK = int.from_bytes(sha256(b"roster registry").digest()[:4], "big")
_RUNTIME = ("lastHeartbeat", "status")


class Column(NamedTuple):
    """A column, the field of an entry that fills it, and its type."""

    name: str
    field: str
    type: str
    constraint: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """A table of the registry; its first column is the key."""

    name: str
    columns: tuple[Column, ...]
    runtime: tuple[str, ...] = ()  # columns of the running registry, and their constraints
    retirement: str = "retired = true"


AGENTS = Table(
    "agents",
    (
        Column("id", "id", "text"),
        Column("name", "name", "text"),
        Column("capabilities", "capabilities", "text[]"),
        Column("embedding", "embedding", "real[]"),
        Column("purpose", "purpose", "text"),
        Column("risk_tier", "riskTier", "text", "CHECK (risk_tier IN ('low', 'medium', 'high'))"),
        Column("owner", "owner", "text"),
        Column("health_endpoint", "healthEndpoint", "text"),
        Column("mcp_servers", "mcpServers", "text[]"),
        Column(
            "confidence_threshold",
            "confidenceThreshold",
            "double precision",
            "CHECK (confidence_threshold BETWEEN 0 AND 1)",
        ),
        Column("metadata", "metadata", "jsonb"),
    ),
    (
        "last_heartbeat timestamptz",
        "status text NOT NULL DEFAULT 'offline'",
        "CHECK (status IN ('active', 'degraded', 'offline'))",
    ),
    "retired = true, status = 'offline'",
)
SERVERS = Table(
    "mcp_servers",
    (
        Column("name", "name", "text"),
        Column("display_name", "displayName", "text"),
        Column("description", "description", "text"),
        Column("version", "version", "text"),
        Column("transport", "transport", "text"),
        Column("protocol_version", "protocolVersion", "text"),
        Column(
            "data_class",
            "dataClass",
            "text",
            "CHECK (data_class IN ('public', 'internal', 'confidential', 'restricted'))",
        ),
        Column("tools", "tools", "text[]"),
    ),
)
PGVECTOR = """\
-- Search by meaning, with pgvector >= 0.5: load it after seed.sql. The column follows `embedding`.
BEGIN;
SET LOCAL client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS vector;
ALTER TABLE agents ADD COLUMN IF NOT EXISTS embedding_vector vector(384) GENERATED ALWAYS AS (
  CASE WHEN cardinality(embedding) = 384 THEN embedding::vector(384) END
) STORED;
CREATE INDEX IF NOT EXISTS agents_embedding ON agents
  USING hnsw (embedding_vector vector_cosine_ops);
COMMIT;
"""


def seed(agents: Sequence[Mapping[str, Any]], servers: Sequence[Mapping[str, Any]]) -> str:
    """One transaction that brings both tables to what the specs say; loads wait for each other."""
    parts = [
        "-- The agent registry, for PostgreSQL >= 14: psql -v ON_ERROR_STOP=1 -f seed.sql",
        "BEGIN;",
        "SET LOCAL client_encoding = 'UTF8';",
        "SET LOCAL client_min_messages = warning;",
        f"DO $$ BEGIN PERFORM pg_advisory_xact_lock({_LOCK}); END $$;",
        *_statements(AGENTS, agents),
        *_statements(SERVERS, servers),
        "COMMIT;",
    ]
    return "\n".join(parts) + "\n"


def _statements(table: Table, rows: Sequence[Mapping[str, Any]]) -> list[str]:
    upsert = [_upsert(table, rows)] if rows else []  # INSERT takes no empty list of rows
    return [_create(table), *upsert, _retire(table, rows)]


def _create(table: Table) -> str:
    key, *others = table.columns
    lines = [
        f"{key.name} {key.type} PRIMARY KEY",
        *(
            f"{column.name} {column.type} NOT NULL {column.constraint}".rstrip()
            for column in others
        ),
        *table.runtime,
        "spec_digest text NOT NULL",
        "retired boolean NOT NULL DEFAULT false",
    ]
    return f"CREATE TABLE IF NOT EXISTS {table.name} (\n  " + ",\n  ".join(lines) + "\n);"


def _upsert(table: Table, rows: Sequence[Mapping[str, Any]]) -> str:
    key, *others = (column.name for column in table.columns)
    values = ",\n".join(f"  ({_row(table, row)})" for row in rows)
    changes = ",\n".join(f"  {name} = EXCLUDED.{name}" for name in (*others, "spec_digest"))
    return (
        f"INSERT INTO {table.name} ({', '.join((key, *others, 'spec_digest'))}) VALUES\n{values}\n"
        f"ON CONFLICT ({key}) DO UPDATE SET\n{changes},\n  retired = false\n"
        f"WHERE {table.name}.spec_digest IS DISTINCT FROM EXCLUDED.spec_digest"
        f" OR {table.name}.retired;"
    )


def _retire(table: Table, rows: Sequence[Mapping[str, Any]]) -> str:
    key = table.columns[0]
    present = _array([row[key.field] for row in rows], "text[]")
    gone = f"WHERE NOT retired AND {key.name} <> ALL ({present});"
    return "\n".join((f"UPDATE {table.name}", f"SET {table.retirement}", gone))


def _row(table: Table, row: Mapping[str, Any]) -> str:
    cells = [_cell(row[column.field], column.type) for column in table.columns]
    return ", ".join((*cells, literal(_digest(row))))


def _digest(row: Mapping[str, Any]) -> str:
    specified = {name: value for name, value in row.items() if name not in _RUNTIME}
    return sha256(json.dumps(specified, sort_keys=True).encode()).hexdigest()


def _cell(value: Any, type: str) -> str:
    if type == "jsonb":
        return f"{literal(json.dumps(value, ensure_ascii=False))}::jsonb"
    if type.endswith("[]"):
        return _array(value, type)
    return literal(value) if isinstance(value, str) else repr(value)


def _array(values: Sequence[Any], type: str) -> str:
    cells = (literal(value) if isinstance(value, str) else repr(value) for value in values)
    return f"ARRAY[{', '.join(cells)}]::{type}"


def literal(text: str) -> str:
    """A string constant: it means the same whatever `standard_conforming_strings` says."""
    doubled = text.replace("'", "''")
    escaped = _ESCAPED.sub(lambda match: f"\\x{ord(match[0]):02x}", doubled)
    return f"'{escaped}'" if escaped == doubled else f"E'{escaped}'"
