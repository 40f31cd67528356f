"""`roster provenance --check`: one changed byte anywhere is found, and the file is named."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from compiler import statement
from compiler.verify.provenance import check
from tests.command import run
from tests.folders import PM2, roster

STATED = f"generated/{statement.PATH}"
SPEC = "specs/prompts/prompt.md"
Change = Callable[[dict[str, Any]], object]


def differences(root: Path, code: int) -> list[str]:
    """The lines that the command prints; it must exit with this code."""
    done = run("provenance", "--check", "--root", str(root))
    assert done.returncode == code, done.stdout + done.stderr
    return done.stdout.splitlines()


def flip(path: Path, place: int = 0) -> None:
    """Change one bit of a file."""
    data = bytearray(path.read_bytes())
    data[place] ^= 1
    path.write_bytes(data)


def test_what_was_just_made_is_as_stated(generated: Path) -> None:
    assert differences(generated, code=0) == []


@pytest.mark.parametrize("name", [PM2, ".index.json", "registry/registry.json"])
def test_a_changed_byte_of_a_file(generated: Path, name: str) -> None:
    flip(generated / "generated" / name, -2)
    assert differences(generated, code=1) == [f"{name}: it is not as stated"]


def test_a_changed_byte_of_a_spec(generated: Path) -> None:
    flip(generated / SPEC)
    assert differences(generated, code=1) == [f"{SPEC}: it is not as stated"]


def test_a_byte_order_mark_is_a_change_too(generated: Path) -> None:
    """Though it changes no other output."""
    (generated / SPEC).write_bytes(b"\xef\xbb\xbf" + (generated / SPEC).read_bytes())
    assert differences(generated, code=1) == [f"{SPEC}: it is not as stated"]
    roster(generated, "generate", code=0)
    assert differences(generated, code=0) == []


def test_any_changed_byte_of_the_statement(generated: Path) -> None:
    text = (generated / STATED).read_text()
    state = json.loads(text)
    builder = state["predicate"]["runDetails"]["builder"]
    compiler = {
        "sha256": builder["builderDependencies"][0]["digest"]["sha256"],
        "version": builder["version"]["roster"],
    }
    outputs = {entry["name"]: entry["digest"]["sha256"] for entry in state["subject"]}
    listed = state["predicate"]["buildDefinition"]["resolvedDependencies"]
    inputs = {entry["name"]: entry["digest"]["sha256"] for entry in listed}
    assert check(text, outputs, inputs, compiler) == ()
    places = {*range(500), *random.Random(7).sample(range(len(text)), 500), len(text) - 1}
    for place in places:
        for spoilt in (chr(ord(text[place]) ^ 1), text[place] + "\n", text[place] + " ", ""):
            broken = text[:place] + spoilt + text[place + 1 :]
            if broken != text:
                assert check(broken, outputs, inputs, compiler), (place, spoilt)


def test_missing_and_additional_files(generated: Path) -> None:
    (generated / "generated" / PM2).unlink()
    (generated / "generated/pm2/more").write_text("more")
    (generated / "specs/prompts/more.md").write_text("more")
    (generated / "generated/link").symlink_to(generated / SPEC)
    assert differences(generated, code=1) == [
        "link: it is there, but not stated",
        f"{PM2}: it is stated, but not there",
        "pm2/more: it is there, but not stated",
        "specs/prompts/more.md: it is there, but not stated",
    ]


def test_a_file_that_became_a_link(generated: Path) -> None:
    path = generated / "generated" / PM2
    path.rename(generated / "elsewhere")
    path.symlink_to(generated / "elsewhere")
    assert differences(generated, code=1) == [f"{PM2}: it is not as stated"]


@pytest.mark.parametrize("digest", ["xyz", "a" * 63, "A" * 64, "a" * 65, "", None, 7])
def test_a_malformed_digest(generated: Path, digest: object) -> None:
    """Even if the file would match it."""
    state = json.loads((generated / STATED).read_text())
    entry = next(entry for entry in state["subject"] if entry["name"] == PM2)
    entry["digest"]["sha256"] = digest
    (generated / STATED).write_text(statement.text(state))
    (message,) = differences(generated, code=1)
    if isinstance(digest, int):
        assert message.startswith("provenance.json: `subject[")
    else:
        assert message == f"{PM2}: what is stated of it is not one sha256 of 64 hexadecimal digits"


def _twice(state: dict[str, Any]) -> None:
    state["subject"].append(state["subject"][0])


CHANGES: dict[str, Change] = {
    "`_type` is not": lambda state: state.update(_type="https://in-toto.io/Statement/v0.1"),
    "`predicateType` is not": lambda state: state.update(predicateType="other"),
    "`predicate.more` is unknown": lambda state: state["predicate"].update(more={}),
    "`predicate.runDetails.builder.id` is not": lambda state: state["predicate"]["runDetails"][
        "builder"
    ].update(id="somebody"),
    "`version` is not that of": lambda state: state["predicate"]["runDetails"]["builder"].update(
        version={"roster": "9"}
    ),
    "compiler: it is not as stated": lambda state: state["predicate"]["runDetails"]["builder"][
        "builderDependencies"
    ][0]["digest"].update(sha256="0" * 64),
    "it is stated twice": _twice,
    "one sha256": lambda state: state["subject"][0].update(uri="https://example.com"),
}


@pytest.mark.parametrize("message", CHANGES)
def test_another_statement(generated: Path, message: str) -> None:
    state = json.loads((generated / STATED).read_text())
    CHANGES[message](state)
    (generated / STATED).write_text(statement.text(state))
    assert [line for line in differences(generated, code=1) if message in line]


@pytest.mark.parametrize("text", [None, "", "{", "[]", "null", "[" * 100_000, '{"subject": 1}'])
def test_no_statement(generated: Path, text: str | None) -> None:
    (generated / STATED).unlink()
    if text is not None:
        (generated / STATED).write_text(text)
    assert differences(generated, code=1)[0].startswith("provenance.json: ")
