"""OSCAL's own reader (compliance-trestle) judges what generated/compliance/oscal/ says."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
from trestle.oscal.catalog import Model as Catalog
from trestle.oscal.component import Model as Components

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the compiler makes of this repository's specs."""
    out = tmp_path_factory.mktemp("generated")
    command = [str(ROOT / ".venv/bin/roster"), "generate", "--root", str(ROOT), "--out", str(out)]
    subprocess.run(command, check=True, capture_output=True)
    return out / "compliance/oscal"


def read(file: Path) -> dict[str, Any]:
    return dict(json.loads(file.read_text(encoding="utf-8")))


def test_both_are_read_and_every_control_is_in_the_catalog(folder: Path) -> None:
    catalog = Catalog(**read(folder / "catalog.json")).catalog
    whole = Components(**read(folder / "component-definition.json")).component_definition
    controls = {control.id for control in catalog.controls}
    components = whole.components
    implementations = [i for c in components for i in c.control_implementations]
    assert len(components) == len(implementations) == 4
    for implementation in implementations:
        assert (folder / implementation.source).is_file()
        needed = [r.control_id for r in implementation.implemented_requirements]
        assert needed
        assert set(needed) <= controls
        assert len(set(needed)) == len(needed)


def test_every_document_that_is_referred_to_is_there(folder: Path) -> None:
    whole = Components(**read(folder / "component-definition.json")).component_definition
    links = [
        link.href
        for component in whole.components
        for implementation in component.control_implementations
        for requirement in implementation.implemented_requirements
        for link in requirement.links
    ]
    assert links
    assert all((folder / href).is_file() for href in links)


@pytest.mark.parametrize(
    ("name", "model"), [("catalog", Catalog), ("component-definition", Components)]
)
def test_the_judge_refuses_an_unknown_key(folder: Path, name: str, model: Any) -> None:
    document = read(folder / f"{name}.json")
    document[name]["surprise"] = "x"
    with pytest.raises(ValueError, match=r"surprise|extra"):
        model(**document)


def test_every_identifier_is_used_once(folder: Path) -> None:
    texts = [
        (folder / f"{n}.json").read_text(encoding="utf-8")
        for n in ("catalog", "component-definition")
    ]
    identifiers = [
        line.split('"')[3] for text in texts for line in text.splitlines() if '"uuid"' in line
    ]
    assert len(identifiers) == len(set(identifiers)) > 8
