"""Evidence on disk: a signed report is a PDF or a picture; elsewhere every input is text."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
import yaml

from compiler.cli import inputs
from tests import high_risk
from tests.estate import TODAY
from tests.high_risk import RECORD, having
from tests.test_cli import roster

REPORT = "specs/evidence/robustness.pdf"
SCAN = b"%PDF-1.7\n\xff\xfe\x00 signed by hand"


def lay_out(root: Path, **changes: Any) -> Path:
    """The case of high risk, whose report is a scan; fields of the report may be changed."""
    report = {"file": REPORT.rpartition("/")[2], "sha256": sha256(SCAN).hexdigest(), **changes}
    edits = [having(f"evaluation.reports.0.{name}", value) for name, value in report.items()]
    for path, source in high_risk.changed({RECORD: _all(edits)}).items():
        file = root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(source.text, encoding="utf-8")
    (root / REPORT).write_bytes(SCAN)
    return root


def output_of(root: Path, *command: str, code: int = 1) -> str:
    """What `roster` prints about it; its exit code must be `code`."""
    result = roster(*command, "--root", str(root), "--today", str(TODAY))
    assert result.returncode == code, result.stderr
    return result.stderr


def codes(root: Path, code: int = 1) -> list[str]:
    return re.findall(r"\[([a-z-]+)\]", output_of(root, "check", "--format", "short", code=code))


def _all(changes: list[Callable[[dict[str, Any]], None]]) -> Callable[[dict[str, Any]], None]:
    def change(spec: dict[str, Any]) -> None:
        for apply in changes:
            apply(spec)

    return change


def test_a_report_may_be_a_scan(tmp_path: Path) -> None:
    root = lay_out(tmp_path)
    output_of(root, "generate", code=0)
    statement = (root / "generated/provenance.json").read_text()
    assert sha256(SCAN).hexdigest() in statement and REPORT in statement
    assert roster("provenance", "--check", "--root", str(root)).returncode == 0
    (root / REPORT).write_bytes(SCAN + b"!")
    result = roster("provenance", "--check", "--root", str(root))
    assert result.returncode == 1 and REPORT in result.stdout + result.stderr


def test_a_changed_scan_is_reported(tmp_path: Path) -> None:
    root = lay_out(tmp_path)
    (root / REPORT).write_bytes(SCAN + b"!")
    assert codes(root) == ["evidence-invalid"]
    assert f"different digest: {sha256(SCAN + b'!').hexdigest()}" in output_of(root, "check")


def test_what_is_text_is_searched_for_secrets(tmp_path: Path) -> None:
    root = lay_out(tmp_path)
    (root / "specs/evidence/calls.csv").write_text("key,calls\nAKIAABCDEFGHIJKLMNOP,5\n")
    assert codes(root) == ["secret-literal"]


def test_a_number_does_not_come_from_a_scan(tmp_path: Path) -> None:
    root = lay_out(tmp_path)
    record = root / RECORD
    document = yaml.safe_load(record.read_text())
    metric = document["spec"]["evaluation"]["metrics"][0]
    metric |= {"evidence": "robustness.pdf", "sha256": sha256(SCAN).hexdigest()}
    record.write_text(yaml.safe_dump(document))
    assert codes(root) == ["evidence-invalid"]
    assert "`robustness.pdf` is not a JSON object" in output_of(root, "check")


def test_a_scan_elsewhere_is_not_read(tmp_path: Path) -> None:
    root = lay_out(tmp_path)
    (root / "specs/agents/robustness.pdf").write_bytes(SCAN)
    assert codes(root, code=0) == ["input-ignored"]


def test_a_scan_is_not_as_long_as_a_film(tmp_path: Path) -> None:
    root = lay_out(tmp_path)
    os.truncate(root / REPORT, inputs.MAX_FOREIGN + 1)
    assert codes(root) == ["input-too-large"]


@pytest.mark.parametrize("path", [RECORD, high_risk.PROJECT, high_risk.TIER, high_risk.MODEL])
def test_consequences_of_an_unread_file_are_not_reported(tmp_path: Path, path: str) -> None:
    root = lay_out(tmp_path)
    (root / path).write_bytes((root / path).read_bytes() + "# é".encode("latin-1"))
    assert codes(root) == ["input-encoding"]
