"""CycloneDX's own validator judges every BOM; and what its schema lets pass is checked here."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from packageurl import PackageURL

ROOT = Path(__file__).parents[2]
TREES = (ROOT / "generated", *sorted((ROOT / "tests/golden").glob("*/generated")))
BOMS = [path for tree in TREES for path in sorted(tree.glob("cards/**/*.cdx.json"))]
ONE = ROOT / "generated/cards/financial.cdx.json"
LARGEST = 1_000_000


@pytest.fixture(scope="module")
def validator() -> JsonStrictValidator:
    return JsonStrictValidator(SchemaVersion.V1_7)


def load(path: Path) -> dict[str, Any]:
    return dict(json.loads(path.read_text(encoding="utf-8"), object_pairs_hook=once))


def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object, every key of which stands once."""
    assert len({key for key, _ in pairs}) == len(pairs), [key for key, _ in pairs]
    return dict(pairs)


def objects(value: Any) -> Iterator[dict[str, Any]]:
    """Every object at and below a value."""
    if isinstance(value, dict):
        yield value
    for inner in value.values() if isinstance(value, dict) else value:
        if isinstance(inner, (dict, list)):
            yield from objects(inner)


def references(bom: dict[str, Any]) -> Iterator[str]:
    """Every reference of the kinds that our BOMs have."""
    for entry in bom.get("dependencies", []):
        yield from (entry["ref"], *entry["dependsOn"])
    declared = bom.get("declarations", {})
    for claim in declared.get("claims", []):
        yield from (claim["target"], *claim["evidence"])
    for attestation in declared.get("attestations", []):
        yield attestation["assessor"]
        for entry in attestation["map"]:
            yield from (entry["requirement"], *entry.get("claims", []))


def contradictions(bom: dict[str, Any]) -> list[str]:
    """What is wrong with a BOM that fits the schema."""
    every = list(objects(bom))
    refs = [part["bom-ref"] for part in every if "bom-ref" in part]
    cards = [part for part in every if "modelCard" in part]
    wrong = [f"twice: {ref}" for ref in set(refs) if refs.count(ref) > 1]
    wrong += [f"nowhere: {ref}" for ref in references(bom) if ref not in refs]
    wrong += ["a card of no model" for c in cards if c["type"] != "machine-learning-model"]
    return wrong + ["an empty card" for card in cards if not card["modelCard"]]


def test_there_is_a_bom_for_each_agent_and_model_and_one_of_all() -> None:
    agents = {path.stem for path in (ROOT / "specs/agents").glob("*.yaml")}
    models = {path.stem for path in (ROOT / "specs/models").glob("*.yaml")}
    folder = ROOT / "generated/cards"
    names = {path.name.removesuffix(".cdx.json") for path in folder.glob("*.cdx.json")}
    assert names == agents | {"fleet"}
    kept = {path.name.removesuffix(".cdx.json") for path in folder.glob("models/*.cdx.json")}
    assert kept == models


@pytest.mark.parametrize("path", BOMS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_it_is_valid_and_does_not_contradict_itself(
    path: Path, validator: JsonStrictValidator
) -> None:
    text = path.read_text(encoding="utf-8")
    assert validator.validate_str(text) is None
    assert contradictions(load(path)) == []
    assert len(text.encode()) < LARGEST


@pytest.mark.parametrize("path", BOMS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_package_urls_are_canonical(path: Path) -> None:
    for part in objects(load(path)):
        if "purl" in part:
            url = PackageURL.from_string(part["purl"])
            assert PackageURL.from_string(url.to_string()) == url
            assert url.name


# --- The judges themselves


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("serialNumber", "urn:uuid:no"),
        ("version", 0),
        ("unknown", True),
        ("dependencies", [{"dependsOn": []}]),
        ("components", [{"type": "model", "name": "x"}]),
    ],
)
def test_the_validator_refuses(key: str, value: object, validator: JsonStrictValidator) -> None:
    assert validator.validate_str(json.dumps(load(ONE) | {key: value})) is not None


def test_the_schema_lets_contradictions_pass(validator: JsonStrictValidator) -> None:
    bom = load(ONE)
    bom["components"].append(
        {"type": "application", "name": "x", "bom-ref": "server:stripe", "modelCard": {}}
    )
    bom["dependencies"].append({"ref": "unlisted", "dependsOn": []})
    assert validator.validate_str(json.dumps(bom)) is None
    assert contradictions(bom) == [
        "twice: server:stripe",
        "nowhere: unlisted",
        "a card of no model",
        "an empty card",
    ]


@pytest.mark.parametrize("field", ["target", "evidence"])
def test_a_claim_that_leads_nowhere_is_seen(field: str) -> None:
    bom = load(ONE)
    bom["declarations"]["claims"][0][field] = ["gone"] if field == "evidence" else "gone"
    assert contradictions(bom) == ["nowhere: gone"]


def test_a_key_that_stands_twice_is_seen() -> None:
    with pytest.raises(AssertionError):
        json.loads('{"a": 1, "a": 2}', object_pairs_hook=once)
