"""The statement of provenance, as in-toto's own types and RFC 8785's own program read it."""

from __future__ import annotations

import hashlib
import json
import subprocess
from typing import Any

import pytest
import rfc8785
from google.protobuf import json_format
from in_toto_attestation.predicates.provenance.v1 import provenance_pb2
from in_toto_attestation.v1 import statement_pb2
from in_toto_attestation.v1.statement import Statement

from tests.governance.programs import GENERATED, ROOT, ROSTER, run

TEXT = (GENERATED / "provenance.json").read_text(encoding="utf-8")
VALUE = json.loads(TEXT)


def read(value: dict[str, Any]) -> Statement:
    """A statement, as in-toto reads it: an unknown field is an error."""
    message = json_format.ParseDict(value, statement_pb2.Statement())
    return Statement.copy_from_pb(message)


def test_in_toto_finds_it_valid() -> None:
    read(VALUE).validate()


def test_slsa_reads_the_predicate() -> None:
    predicate = json_format.ParseDict(VALUE["predicate"], provenance_pb2.Provenance())
    build = predicate.build_definition
    assert build.build_type == "urn:roster:compile:v1"
    assert predicate.run_details.builder.id == "urn:roster:compiler"
    assert not predicate.run_details.HasField("metadata")  # it would hold the time


@pytest.mark.parametrize(
    "change", [{"_type": "https://in-toto.io/Statement/v2"}, {"subject": []}, {"predicateType": ""}]
)
def test_in_toto_refuses_another(change: dict[str, Any]) -> None:
    with pytest.raises(ValueError):
        read({**VALUE, **change}).validate()


def test_an_unknown_field_is_refused() -> None:
    with pytest.raises(json_format.ParseError):
        read({**VALUE, "more": 1})


def test_it_is_canonical() -> None:
    assert TEXT.replace("\n", "").encode() == rfc8785.dumps(VALUE)


def test_subjects_are_all_files_and_dependencies_all_inputs() -> None:
    """Counted and digested by another program than ours."""
    paths = sorted(path for path in GENERATED.rglob("*") if path.is_file())
    have = {
        path.relative_to(GENERATED).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in paths
        if path.name != "provenance.json"
    }
    assert {entry["name"]: entry["digest"]["sha256"] for entry in VALUE["subject"]} == have
    listed = VALUE["predicate"]["buildDefinition"]["resolvedDependencies"]
    sums = "".join(f"{entry['digest']['sha256']}  {entry['name']}\n" for entry in listed)
    assert len(listed) > 100
    judge = subprocess.run(
        ["sha256sum", "--check", "--strict", "--quiet"],
        input=sums,
        text=True,
        cwd=ROOT,
        check=False,
    )
    assert judge.returncode == 0


def test_the_compilers_digest_can_be_had_with_a_shell() -> None:
    line = (
        r"find compiler -name '*.py' -o -name '*.j2' | LC_ALL=C sort | xargs sha256sum"
        " | sha256sum | cut -d ' ' -f 1"
    )
    (entry,) = VALUE["predicate"]["runDetails"]["builder"]["builderDependencies"]
    assert run("sh", "-c", line).strip() == entry["digest"]["sha256"]


def test_roster_agrees() -> None:
    assert "are as stated" in run(ROSTER, "provenance", "--check")
