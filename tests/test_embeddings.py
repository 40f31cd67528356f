"""Committed vectors: of which texts, which ones are missing, and how a broken file is reported."""

from __future__ import annotations

import gc
import json
import weakref
from typing import Any

import pytest

from compiler.derive import Fleet, embeddings
from compiler.graph import Resource
from compiler.model import Agent
from compiler.pipeline import analyse
from tests.estate import PRELUDE, TODAY, compiled, sources

PLAIN = "registry: {name: agent-registry, port: 4000}"
SEARCHED = PLAIN.replace("4000", f"4000, embedding: {embeddings.MODEL}")
PLATFORM = next(d for d in PRELUDE.read_text().split("---\n") if "kind: Platform\n" in d)
ASKS = PLATFORM.replace(PLAIN, SEARCHED)
TEXT = "Financial Agent: Billing, invoicing, payment processing billing"
KEY = "29e7e1c0c29cd21759964b325c83affa4c885f7ddf68d8a5d9c582b287234824"
UNIT = [0.6, -0.8, *[0.0] * 382]


def file(**changes: Any) -> str:
    content = {"version": 1, "model": embeddings.MODEL, "vectors": {KEY: UNIT}} | changes
    return f"# file: {embeddings.PATH}\n{json.dumps(content, indent=1)}\n"


def broken(text: str) -> str:
    return f"# file: {embeddings.PATH}\n{text}"


def fleet(*blocks: str) -> Fleet:
    derived = analyse(sources(blocks).values(), today=TODAY).fleet
    assert derived is not None
    return derived


def financial(fleet: Fleet) -> Resource[Agent]:
    return fleet.graph.get(Agent, "financial")


def test_an_agent_is_described_by_name_purpose_and_capabilities() -> None:
    assert embeddings.text(financial(fleet()).spec) == TEXT
    assert embeddings.digest(TEXT) == KEY


def test_vectors_are_found_by_the_text() -> None:
    derived = fleet(ASKS, file())
    assert embeddings.vector(derived, financial(derived)) == tuple(UNIT)
    assert embeddings.wanted(derived) == {KEY: TEXT}
    assert not [d for d in compiled(ASKS, file()).diagnostics if d.code.startswith("embedding")]


def test_registry_and_pgvector_get_what_is_committed() -> None:
    files = {file.path: file.text for file in compiled(ASKS, file()).files}
    (agent,) = json.loads(files["registry/registry.json"])["agents"]
    assert agent["embedding"] == UNIT
    assert "vector(384)" in files["registry/seed-pgvector.sql"]
    bare = {file.path: file.text for file in compiled(ASKS).files}
    assert json.loads(bare["registry/registry.json"])["agents"][0]["embedding"] == []
    assert "registry/seed-pgvector.sql" not in bare


def test_a_vector_of_another_text_is_nobodys() -> None:
    derived = fleet(ASKS, file(vectors={"0" * 64: UNIT}))
    assert embeddings.vector(derived, financial(derived)) == ()
    assert embeddings.fault(derived) is None


def test_without_a_search_nothing_is_wanted() -> None:
    derived = fleet(file())
    assert embeddings.vector(derived, financial(derived)) == ()
    assert embeddings.wanted(derived) == {}
    assert "registry/texts.json" not in {file.path for file in compiled(file()).files}


def test_agents_that_no_project_has_need_no_vector() -> None:
    document = next(d for d in PRELUDE.read_text().split("---\n") if "kind: Agent\n" in d)
    idle = document.replace("name: financial", "name: idle").replace("Billing", "Nothing")
    assert embeddings.wanted(fleet(ASKS, idle)) == {KEY: TEXT}


def test_texts_are_written_for_who_computes_vectors() -> None:
    files = {file.path: file for file in compiled(ASKS).files}
    texts = files["registry/texts.json"]
    assert json.loads(texts.text) == {KEY: TEXT}
    assert str(texts.origin(KEY).span).startswith("specs/agents/")


def test_the_file_is_read_once_for_each_fleet_and_forgotten_with_it() -> None:
    derived, other = fleet(ASKS, file()), fleet(ASKS, file(vectors={KEY: UNIT[::-1]}))
    first = embeddings.vector(derived, financial(derived))
    assert embeddings.vector(derived, financial(derived)) is first
    assert embeddings.vector(other, financial(other)) == first[::-1]
    kept = weakref.ref(derived)
    del derived
    gc.collect()
    assert kept() is None


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        pytest.param(broken('{\n "version": 1,\n'), 3, "no JSON", id="cut off"),
        pytest.param(broken("[1]"), 1, "no vectors", id="a list"),
        pytest.param(file(vectors=[]), 1, "no vectors", id="vectors in a list"),
        pytest.param(file(version=2), 2, "version is not `1`", id="version"),
        pytest.param(file(model="other"), 3, "model is not", id="model"),
        pytest.param(broken('{\n"vectors": {}\n}'), 1, "version is not", id="no head"),
        pytest.param(file(vectors={KEY: UNIT[1:]}), 5, "384", id="short"),
        pytest.param(file(vectors={KEY: {}}), 5, "384", id="no list"),
        pytest.param(file(vectors={KEY: [0.0] * 384}), 5, "length of 1", id="zeros"),
        pytest.param(file(vectors={KEY: ["0.6", *UNIT[1:]]}), 5, "numbers", id="a word"),
        pytest.param(file(vectors={KEY: [True, *[0] * 383]}), 5, "numbers", id="a truth"),
        pytest.param(file(vectors={KEY: [float("nan"), *UNIT[1:]]}), 5, "numbers", id="NaN"),
        pytest.param(file().replace("0.6", "1e999"), 5, "numbers", id="infinity"),
        pytest.param(file().replace("0.6", "9" * 400), 5, "numbers", id="huge"),
        pytest.param(file().replace("0.6", "9" * 5000), 1, "cannot be read", id="digits"),
        pytest.param(broken("[" * 200_000), 1, "cannot be read", id="deep"),
        pytest.param(file(vectors={"é": []}), 5, "384", id="an escaped key"),
    ],
)
def test_a_broken_file_is_one_diagnostic_with_its_place(text: str, line: int, reason: str) -> None:
    result = compiled(ASKS, text)
    (wrong,) = [d for d in result.diagnostics if d.code.startswith("embedding")]
    assert wrong.code == "embeddings-invalid"
    assert (wrong.span.path, wrong.span.start.line) == (embeddings.PATH, line)
    assert reason in wrong.message
    assert not result.files
