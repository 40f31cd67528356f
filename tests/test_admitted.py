"""What was judged before is not judged again, and nothing else is trusted."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from compiler import admit
from compiler.cli import memory
from compiler.emit import File
from compiler.source import Source
from tests.estate import compiled

CRD = Source("policies/crds/prod.yaml", "kind: CustomResourceDefinition\n")


@pytest.fixture(scope="module")
def deployment() -> File:
    """A good object."""
    files = compiled().files
    return next(f for f in files if f.object is not None and f.object["kind"] == "Deployment")


def spoilt(file: File) -> File:
    assert file.object is not None
    spec = {**file.object["spec"], "replica": 2}
    return replace(file, object={**file.object, "spec": spec}, text=file.text + "# replica\n")


def test_a_known_object_is_not_judged_again(deployment: File) -> None:
    bad = spoilt(deployment)
    assert [d.code for d in admit.admit([bad])] == ["object-invalid"]
    assert admit.admit([bad], {}, frozenset([admit.seal(bad)])) == ()
    assert admit.admit([bad], {}, frozenset([admit.seal(deployment)])) != ()


def test_another_version_of_kubernetes_is_another_verdict(deployment: File) -> None:
    assert admit.seal(replace(deployment, kubernetes="1.30")) != admit.seal(deployment)


def test_memory(tmp_path: Path) -> None:
    memory.Admitted(tmp_path, []).remember(["a", "b", "a"])
    assert memory.Admitted(tmp_path, []).recall() == {"a", "b"}
    assert memory.Admitted(tmp_path, [CRD]).recall() == frozenset()
    other = replace(CRD, text="kind: CustomResourceDefinition # changed\n")
    memory.Admitted(tmp_path, [CRD]).remember(["c"])
    assert memory.Admitted(tmp_path, [CRD]).recall() == {"c"}
    assert memory.Admitted(tmp_path, [other]).recall() == frozenset()


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"judge": 1}', '{"judge": "x", "seals": 3}'])
def test_a_spoilt_memory_knows_nothing(tmp_path: Path, text: str) -> None:
    remembered = memory.Admitted(tmp_path, [])
    remembered.remember(["a"])
    path = tmp_path / ".roster" / "admitted.json"
    judge = json.loads(path.read_text())["judge"]
    path.write_text(text.replace('"x"', json.dumps(judge)))
    assert remembered.recall() == frozenset()
