"""A chart whose facts and source are unchanged is not built again; nothing else is trusted."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from compiler.chart import process
from compiler.chart.process import Answer, Job, NoMemo, answers
from tests.chart.estate import blocks
from tests.estate import TODAY, sources

SOURCE = """\
from cdk8s_plus_34 import k8s


def build(chart, given):
    meta = k8s.ObjectMeta(name=given["name"], labels={key: key for key in {"b", "a", "c"}})
    k8s.KubeConfigMap(chart, "one", metadata=meta)
"""


class Remembering:
    """A memo that keeps everything, and counts what it is asked."""

    def __init__(self) -> None:
        self.known: dict[str, Answer] = {}

    def recall(self, digest: str) -> Answer | None:
        return self.known.get(digest)

    def remember(self, digest: str, answer: Answer) -> None:
        self.known[digest] = answer


def job(name: str = "etl", source: str = SOURCE) -> Job:
    return Job({"name": name}, path="projects/p/charts/etl.py", source=source)


def test_a_second_run_starts_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    memo = Remembering()
    first = answers([job(), job("other")], memo)
    monkeypatch.setattr(process.sys, "executable", "/nowhere/python")
    assert answers([job(), job("other")], memo) == first
    with pytest.raises(FileNotFoundError):
        answers([job("third")], memo)


@pytest.mark.parametrize(
    "other", [job("other"), job(source=SOURCE + "\n")], ids=["facts", "source"]
)
def test_what_decides_changes_the_digest(other: Job) -> None:
    assert other.digest != job().digest


def test_libraries_decide_too(monkeypatch: pytest.MonkeyPatch) -> None:
    before = job().digest
    monkeypatch.setattr(process, "_libraries", lambda: ["another version"])
    assert job().digest != before


def test_a_failure_is_not_remembered() -> None:
    memo = Remembering()
    (answer,) = answers([job(source="def build(chart, given): 1 / 0\n")], memo)
    assert answer == {"wrong": "ZeroDivisionError: division by zero", "line": 1}
    assert memo.known == {}


def test_a_slow_chart_is_stopped_and_the_next_is_built() -> None:
    slow = job(source="def build(chart, given):\n    while True:\n        pass\n")
    first, second = answers([slow, job()], NoMemo())
    assert first == {"wrong": "it takes more than 10 seconds", "line": 2}
    assert second["objects"][0]["object"]["kind"] == "ConfigMap"


def test_a_chart_that_ends_the_process_spoils_itself_alone() -> None:
    deadly = job(source="import os\n\n\ndef build(chart, given):\n    os._exit(3)\n")
    results = answers([job(), deadly, job("last")], NoMemo())
    assert [sorted(answer) for answer in results] == [["objects"], ["line", "wrong"], ["objects"]]


def test_the_code_of_a_project_does_not_meet_that_of_another() -> None:
    source = "import cdk8s\n\n\ndef build(chart, given):\n    cdk8s.Chart.to_json = lambda _: []\n"
    spoilt = replace(job(source=source), path="projects/one/charts/etl.py")
    other = replace(job(), path="projects/two/charts/etl.py")
    results = answers([spoilt, replace(spoilt, source=job().source), other], NoMemo())
    assert [len(answer["objects"]) for answer in results] == [0, 0, 1]


def test_a_chart_sees_nothing_of_our_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOKEN_OF_CI", "value")
    source = "import os\n\n\ndef build(chart, given):\n    raise Exception(sorted(os.environ))\n"
    (answer,) = answers([job(source=source)], NoMemo())
    assert "TOKEN_OF_CI" not in answer["wrong"]


def test_sets_come_in_one_order() -> None:
    """A chart that goes through a set is the same in every process."""
    source = (
        SOURCE
        + '    raise Exception(list({"one", "two", "three", "four", "five", "six", "seven"}))\n'
    )
    results = {answers([job(source=source)], NoMemo())[0]["wrong"] for _ in range(3)}
    assert len(results) == 1


def run(root: Path, *args: str, **variables: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "compiler", *args, "--root", str(root), "--today", str(TODAY)]
    environment = {**os.environ, **variables}
    return subprocess.run(command, capture_output=True, text=True, env=environment, check=False)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for path, source in sources(blocks()).items():
        if not path.startswith("projects/flashfusion/prelude"):
            file = tmp_path / "root" / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(source.text, encoding="utf-8")
    return tmp_path / "root"


def texts(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def test_the_command_keeps_a_memo_and_checks_without_it(root: Path) -> None:
    assert run(root, "generate").returncode == 0
    memos = sorted((root / ".roster/charts").iterdir())
    assert len(memos) == 17  # eleven components; five are alike in both clusters
    generated = texts(root / "generated")
    shutil.rmtree(root / "generated")
    for memo_file in memos:
        memo_file.write_text(
            memo_file.read_text().replace("context-store-replicas", "context-store-spoilt")
        )
    assert run(root, "generate").returncode == 0
    assert texts(root / "generated") != generated  # it believes its memo
    check = run(root, "generate", "--check")
    assert check.returncode == 1  # this does not
    assert "changed: clusters/prod/platform/context-store/" in check.stdout


def test_an_unreadable_memo_is_no_memo(root: Path) -> None:
    assert run(root, "generate").returncode == 0
    generated = texts(root / "generated")
    shutil.rmtree(root / "generated")
    for memo_file in (root / ".roster/charts").iterdir():
        memo_file.write_text('{"objects": ')
    assert run(root, "generate").returncode == 0
    assert texts(root / "generated") == generated


def test_other_hash_seeds_and_no_home(root: Path) -> None:
    results = []
    for number, variables in enumerate(
        ({"PYTHONHASHSEED": "1"}, {"PYTHONHASHSEED": "2", "HOME": ""})
    ):
        out = root.parent / str(number)
        shutil.rmtree(root / ".roster", ignore_errors=True)
        assert run(root, "generate", "--out", str(out), **variables).returncode == 0
        results.append(texts(out))
    assert results[0] == results[1]


def test_a_missing_library_is_named(root: Path) -> None:
    """The environment is broken: exit code 2, and no traceback."""
    broken = root.parent / "sitecustomize.py"
    broken.write_text(
        "from importlib import metadata\n"
        "found = metadata.version\n"
        "def version(name):\n"
        "    if name == 'cdk8s': raise metadata.PackageNotFoundError(name)\n"
        "    return found(name)\n"
        "metadata.version = version\n"
    )
    for command in (("generate",), ("check",)):
        result = run(root, *command, PYTHONPATH=str(root.parent))
        assert result.returncode == 2, result.stderr
        assert "python -m pip install cdk8s" in result.stderr
        assert "Traceback" not in result.stderr
