"""`roster lock` asks a real registry, and the image that it names is the one that was pushed."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from tests.governance.programs import ROOT, ROSTER, pushed, run

MINIMAL = ROOT / "tests" / "golden" / "minimal"


@pytest.fixture
def estate(tmp_path: Path, registry: str) -> Path:
    """An estate whose only image without a digest is `<registry>/<a name of its own>:1.0.0`."""
    root = tmp_path / "estate"
    for name in ("specs", "projects", "policies"):
        shutil.copytree(MINIMAL / name, root / name)
    spec = root / "specs/agents/financial.yaml"
    lines = [line for line in spec.read_text().splitlines() if "digest:" not in line]
    text = "\n".join(lines) + "\n"
    assert "ghcr.io/example/financial" in text
    spec.write_text(text.replace("ghcr.io/example/financial", f"{registry}/{tmp_path.name}"))
    return root


def test_the_digest_is_that_of_the_image_and_a_moved_tag_is_seen(
    estate: Path, registry: str, tmp_path: Path
) -> None:
    image = f"{registry}/{tmp_path.name}:1.0.0"
    assert "the registry has no such image" in run(ROSTER, "lock", "--root", estate, code=1)
    assert not (estate / "specs/lock.json").exists()

    (tmp_path / "first").mkdir()
    first = pushed(image, tmp_path / "first")
    run(ROSTER, "lock", "--root", estate)
    assert json.loads((estate / "specs/lock.json").read_text())["images"] == {image: first}
    run(ROSTER, "generate", "--root", estate)
    run(ROSTER, "verify", "--root", estate)
    assert f"{image}@{first}" in run("grep", "-rhoE", f"{image}@sha256:[0-9a-f]+", estate)
    assert run(ROSTER, "lock", "--check", "--root", estate) == "1 image locked\n"

    (tmp_path / "second").mkdir()
    second = pushed(image, tmp_path / "second")
    assert second != first
    moved = run(ROSTER, "lock", "--check", "--root", estate, code=1)
    assert first[:19] in moved and second[:19] in moved
