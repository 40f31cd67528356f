"""Hostile specs: each is refused with a diagnostic, soon; nothing is written, and nothing leaks."""

from __future__ import annotations

import json
import os
import re
import socket
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from compiler import render
from compiler.cli.rules import all_rules
from compiler.parse import parse
from compiler.pipeline import Compilation, compile
from compiler.source import Source
from tests.estate import TODAY, sources
from tests.test_write import DOCUMENTS, HELPER, clean, lay_out, roster, tree

HEAD = "apiVersion: roster/v1\nkind: Agent\nmetadata: {name: x}\nspec:\n"
DEEP = 200_000
LAUGHS = "a0: &a0 [x]\n" + "".join(f"a{i}: &a{i} [{f'*a{i - 1},' * 9}]\n" for i in range(1, 9))
ATTACKS = {
    "duplicate key": ("a: 1\na: 2", "yaml-duplicate-key"),
    "duplicate key in quotes": ('{a: 1, "\\x61": 2}', "yaml-duplicate-key"),
    "python object": ("a: !!python/object/apply:os.system [id]", "yaml-exotic"),
    "binary": ("a: !!binary aGk=", "yaml-exotic"),
    "set": ("a: !!set {b}", "yaml-exotic"),
    "string tag": ("a: !!str 1", "yaml-exotic"),
    "bare tag": ("a: ! 1", "yaml-exotic"),
    "tag on a key": ("!!str a: 1", "yaml-exotic"),
    "sequence as key": ("? [a]\n: b", "yaml-exotic"),
    "number as key": ("1: a", "yaml-exotic"),
    "null as key": ("~: a", "yaml-exotic"),
    "laughs": (LAUGHS, "yaml-exotic"),
    "cycle": ("a: &a [*a]", "yaml-exotic"),
    "unused anchor": ("a: &a b", "yaml-exotic"),
    "merge": ("a: &a {b: c}\nd: {<<: *a}", "yaml-exotic"),
    "directive": ("%TAG ! tag:evil,2000:\n---\na: b", "yaml-exotic"),
    "unclosed": ("a: [b", "yaml-syntax"),
    "tab": ("a:\n\tb: c", "yaml-syntax"),
    "empty": ("", "yaml-empty"),
    "comment": ("# nothing\n", "yaml-empty"),
    "null": ("null", "wrong-shape"),
    "two nulls": ("---\n---\n", "wrong-shape"),
    "list": ("[a]", "wrong-shape"),
    "word": ("a", "wrong-shape"),
    "null entries": (HEAD + "  servers: [null]\n  capabilities: [~]", "wrong-shape"),
    "null everywhere": ("apiVersion:\nkind:\nmetadata:\nspec:", "wrong-shape"),
    "nodes": ("a: [" + "b," * 60_000 + "]", "yaml-too-large"),
    "megabyte": ("a: " + "b" * 1_000_001, "yaml-too-large"),
    "flow lists": ("[" * DEEP, "yaml-too-large"),
    "flow mappings": ("{a: " * DEEP, "yaml-too-large"),
    "block lists": ("- " * DEEP, "yaml-too-large"),
    "block mappings": ("".join(" " * n + "a:\n" for n in range(1000)), "yaml-too-large"),
    "mixed nesting": ("- " * 30 + "[{a: " * DEEP, "yaml-too-large"),
    "lists in keys": ("? " * DEEP, "yaml-exotic"),
    **{f"U+{n:04X}": (f'a: "b{chr(n)}c"', "") for n in (0xFFFE, 0xFFFF, 0x1FFFF)},
    **{
        f"U+{n:04X}": (f'a: "b{chr(n)}c"', "hidden-character")
        for n in (0, 7, 0x1B, 0x7F, 0x85, 0x9B, 0x200B, 0x2028, 0x202E, 0x2066, 0xD800, 0xFEFF)
    },
}
WORDS = (
    "no on off yes y 0777 0o17 0x1f 1_000 22:22:22 .inf .nan 2026-11-23 = << 1e3333 9" + "9" * 30
)


def with_text(text: str, path: str = "specs/agents/x.yaml") -> dict[str, Source]:
    return {**sources([]), path: Source(path, text)}


def compiled(given: dict[str, Source]) -> Compilation:
    """The result, which is there within a second or two."""
    begin = time.monotonic()
    result = compile(given.values(), today=TODAY)
    assert time.monotonic() - begin < 2
    return result


def shown(given: dict[str, Source], result: Compilation) -> dict[str, str]:
    """All that anybody is told, in each format."""
    found = result.diagnostics
    formats = {"text": render.text(found, given), "short": render.short(found)}
    formats |= {"json": render.json(found), "sarif": render.sarif(found, all_rules())}
    return {**formats, "github": render.github(found)}


def assert_refused(given: dict[str, Source], code: str) -> None:
    """With an error of that code, without files, and with nothing that a terminal obeys."""
    result = compiled(given)
    assert result.failed
    assert not result.files
    assert code in {"", *(d.code for d in result.diagnostics)}
    for format, said in shown(given, result).items():
        assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e]", said), format


@pytest.mark.parametrize(("text", "code"), ATTACKS.values(), ids=ATTACKS)
def test_attack(text: str, code: str) -> None:
    assert_refused(with_text(text), code)


@pytest.mark.parametrize("word", [*WORDS.split(), "1.10", "123e456", "0.10", "1e3", "007"])
def test_word_stays_a_word(word: str) -> None:
    """Norway stays Norway, and a version or commit that looks like a number keeps its digits."""
    (document,), _ = parse(Source("x.yaml", f"{word}x: {word}\n"))
    value = document.data[f"{word}x"]
    assert getattr(value, "raw", value) == word
    given = {p: Source(p, s.text.replace("tag: 1.0.0", f"tag: {word}")) for p, s in BASE.items()}
    texts = [file.text for file in compiled(given).files if "deployment" in file.path]
    assert all(f"/stripe:{word}@" in t or f"/financial:{word}@" in t for t in texts)


BASE = sources([])
STRIPE = "specs/mcp-servers/prelude-mcpserver-stripe.yaml"
NASTY: list[Any] = [None, "", -1, 10**17, 1e300, "9" * 19 + "d", "9999-12-31", [[]], {"": None}]


def routes(data: Any, route: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    items = data.items() if isinstance(data, dict) else enumerate(data)
    for key, value in items:
        yield (*route, key)
        if isinstance(value, dict | list):
            yield from routes(value, (*route, key))


@pytest.mark.parametrize("path", [path for path in BASE if path.endswith(".yaml")])
def test_no_value_makes_it_raise(path: str) -> None:
    """Every value of every kind, replaced by some that are empty, huge or of another type."""
    text = json.dumps(yaml.safe_load(BASE[path].text))
    for number, route in enumerate(routes(json.loads(text))):
        for value in NASTY[number % 3 :: 3]:
            place = data = json.loads(text)
            for key in route[:-1]:
                place = place[key]
            place[route[-1]] = value
            compile({**BASE, path: Source(path, json.dumps(data))}.values(), today=TODAY)


SLOW = {
    "fields": HEAD + "".join(f"  displayNam{n}: a\n" for n in range(4000)),
    "items": HEAD + "  capabilities: [" + "{}," * 4000 + "]",
    "numbers": HEAD + "  capabilities: [" + "1.10," * 4000 + "]",
    "duplicates": HEAD + "  a: b\n" * 20_000,
    "documents": (HEAD + "  {}\n---\n") * 1000,
    "scheme": "# " + "a+" * 40_000 + "://",
    "password": "# " + "a-" * 4000 + "password",
    "token": "# " + "eyJaaaaaaaaaa-" * 8000 + "_",
}


@pytest.mark.parametrize("text", SLOW.values(), ids=SLOW)
def test_work_grows_with_the_input(text: str) -> None:
    """Much less than a megabyte, and still no more than a moment."""
    compiled(with_text(text))


A, N = "aB3xK9mQ7" * 12, "0123456789" * 10  # parts of tokens that nobody has issued
SECRETS = {
    "aws id": "AKIA" + "Q7ZXCV2B" * 2,
    "aws secret": "aws_secret_access_key = " + A[:40],
    "github": "ghp" + "_" + A[:36],
    "github fine": "github" + "_pat_" + A[:82],
    "gitlab": "glpat" + "-" + A[:20],
    "anthropic": "sk" + "-ant-api03-" + A[:93],
    "openai": "sk" + "-proj-" + A[:48],
    "stripe": "sk" + "_live_" + A[:24],
    "stripe hook": "whsec" + "_" + A[:32],
    "slack": "xoxb" + "-" + N[:12] + "-" + N[:12] + "-" + A[:24],
    "slack hook": "https://hooks.slack" + ".com/services/T0AB1CD2E/B0AB1CD2E/" + A[:24],
    "google": "AIza" + A[:35],
    "notion": "ntn" + "_" + A[:46],
    "figma": "figd" + "_" + A[:40],
    "pinecone": "pcsk" + "_" + A[:60],
    "npm": "npm" + "_" + A[:36],
    "pypi": "pypi-" + "AgEIcHlwaS5vcmc" + A[:60],
    "docker": "dckr" + "_pat_" + A[:27],
    "hugging face": "hf" + "_" + A[:34],
    "vault": "hvs" + "." + A[:90],
    "sendgrid": "SG" + "." + A[:22] + "." + A[:43],
    "grafana": "glsa" + "_" + A[:32] + "_0a1b2c3d",
    "jwt": "eyJ" + A[:20] + ".eyJ" + A[:30] + "." + A[:43],
    "key": "-----BEGIN OPENSSH " + "PRIVATE KEY-----",
    "url": "postgres://admin:" + "hunter2" + "@db.example.com/x",
    "weak": "DB_PASSWORD=" + "correcthorse",
}
LOOK_ALIKES = [
    "9fceb02d0ae598e95dc970b74767f19372d61af8",
    "sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
    "claude-haiku-4-5-20251001",
    "anthropic.claude-sonnet-4-5-20250929-v1:0",
    "STRIPE_SECRET_KEY",
    "DATABASE_PASSWORD: ${DATABASE_PASSWORD}",
    "https://${USER}:${PASSWORD}@db.example.com/x",
    "mcp/stripe/secret_key",
    "sha512-" + "q83vEjRWeJCrze8=" * 5 + "q83vEg==",
    "123e4567-e89b-12d3-a456-426614174000",
    "arn:aws:iam::123456789012:role/secret-reader",
    "https://git.example.com/agents.git",
    "sk-learn-contrib-hdbscan",
    "api_key: $(API_KEY)",
    "maxTokens: 64000000000",
    "SG.example.com",
]
PLACES = {
    "value": HEAD + "  displayName: '@@'\n",
    "comment": HEAD + "  displayName: a # @@\n",
    "key": HEAD + "  '@@': a\n",
    "kind": HEAD.replace("Agent", "'@@'"),
    "name": HEAD.replace("name: x", "name: '@@'"),
    "reference": HEAD + "  model: '@@'\n",
    "choice": HEAD + "  role: '@@'\n",
    "under a duplicate": "tok: '@@'\ntok: safe\n",
    "duplicate itself": "'@@': a\n'@@': b\n",
    "tag": "a: !@@ b\n",
    "beside a mistake": "a: '@@'\n b: c",
}
CASES = [("value", issuer) for issuer in SECRETS] + [(place, "github") for place in PLACES]


@pytest.mark.parametrize(("where", "issuer"), CASES)
def test_secret_is_found_and_never_told(where: str, issuer: str) -> None:
    given = with_text(PLACES[where].replace("@@", SECRETS[issuer]))
    assert_refused(given, "secret-literal")
    told = shown(given, compiled(given)).items()
    assert not [format for format, said in told if SECRETS[issuer] in said]


def test_secret_in_escapes_is_found() -> None:
    """Its text is harmless to look at, but not what is made of it."""
    text = BASE[STRIPE].text.replace("Payments", '"\\x67' + SECRETS["github"][1:] + '"')
    assert_refused({**BASE, STRIPE: Source(STRIPE, text)}, "secret-literal")


@pytest.mark.parametrize("text", LOOK_ALIKES)
def test_look_alike_is_no_secret(text: str) -> None:
    result = compiled(with_text(f"# {text}\na: '{text}'\n'{text}': a\n"))
    assert "secret-literal" not in {d.code for d in result.diagnostics}


PARTS = {
    "name": ("metadata: {name: stripe,", "metadata: {name: @@,"),
    "owner": ("owner: payments-team", "owner: @@"),
    "version": ("version: 1.0.0", "version: @@"),
    "tag": ("tag: 1.0.0", "tag: @@"),
    "repository": ("ghcr.io/example/stripe", "@@"),
    "tool": ("name: list_invoices", "name: @@"),
    "host": ("[api.stripe.com]", "[@@]"),
    "secret": ("key: mcp/stripe", "key: @@"),
    "memory": ("memory: 500M", "memory: @@"),
    "number": ("typical: 3", "typical: @@"),
}
NAMES = [
    ".",
    "..",
    "../../x",
    "/x",
    "a/../b",
    "a\nb",
    "stripe\n",
    "a\x1b[31m",
    "a\u202eb",
    "a b",
    "",
]
NAMES += ["-a", "A", "a.b", "a" * 64, "\u0430", "con", "a\0"]
WRONG = [("name", name) for name in NAMES]
WRONG += [("owner", name) for name in ("a\x1b[31m", "a\u202eb", "a\nb")]
WRONG += [
    (part, name) for part in ("version", "tag", "tool") for name in ("..", "/../x", "-a", "a\n")
]
WRONG += [("repository", name) for name in ("../x", "--upload-pack=x", "a/../../b", "ghcr.io/a b")]
WRONG += [
    ("host", name) for name in ("*", "**.com", "a.com/x", "a.com\nb", "a.com:99999", "[::1]@")
]
WRONG += [("secret", name) for name in ("../x", "/etc", "-a", "a b")]
WRONG += [("memory", "9" * 30 + "G"), ("number", "9" * 30), ("number", "1e9"), ("number", "-1")]


@pytest.mark.parametrize(("part", "value"), WRONG)
def test_wrong_value_is_refused(part: str, value: str) -> None:
    old, new = PARTS[part]
    quoted = value if part == "number" else json.dumps(value)
    text = BASE[STRIPE].text.replace(old, new.replace("@@", quoted))
    assert_refused({**BASE, STRIPE: Source(STRIPE, text)}, "")


@pytest.mark.parametrize(
    "scheme", ["javascript:alert(1)", "data:text/html,x", "file:///etc/passwd"]
)
@pytest.mark.parametrize("old", re.findall(r'https://[^",}\s]+', "".join(DOCUMENTS)))
def test_url_is_a_web_address(old: str, scheme: str) -> None:
    (path,) = (p for p, s in BASE.items() if old in s.text)
    text = BASE[path].text.replace(old, scheme)
    assert_refused({**BASE, path: Source(path, text)}, "wrong-shape")


def odd_file(file: Path, kind: str) -> None:
    """Something that is no ordinary file of UTF-8 text, or has no ordinary name."""
    outside = file.parents[3] / "outside.yaml"
    outside.write_text("a: b\n")
    if kind == "symlink":
        file.symlink_to(outside)
    elif kind == "folder symlink":
        file.with_suffix("").symlink_to(outside.parent)
    elif kind == "fifo":
        os.mkfifo(file)
    elif kind == "socket":
        socket.socket(socket.AF_UNIX).bind(file.name)
    elif kind in NAMELESS:
        Path(os.fsdecode(os.fsencode(file.parent) + b"/" + NAMELESS[kind])).write_text("a: b")
    elif kind == "deep folders":
        for _ in range(1500):
            os.mkdir("a")
            os.chdir("a")
    else:
        file.write_bytes(CONTENTS[kind][:2000])
        os.truncate(file, int(kind.split()[0]) << 20) if kind.endswith("MB") else None


NAMELESS = {"no text": b"\xff.yaml", "newline": b"a\nb.yaml", "escape": b"a\x1b]0;b\x07.yaml"}
CONTENTS = {
    "latin-1": "a: é".encode("latin-1"),
    "utf-16": "a: b".encode("utf-16"),
    "utf-16 bare": "a: b".encode("utf-16-le"),
    "utf-32": "a: b".encode("utf-32"),
    "binary": bytes(range(256)),
    "surrogate": b"a: \xed\xa0\x80",
    "overlong": b"a: \xc0\xaf",
    "nul": b"a: \0",
    "nothing": b"",
    "two byte order marks": b"\xef\xbb\xbf" * 2 + b"a: b",
    "100 MB": b"a: b",
    "1000000 MB": b"a: b",
}
KINDS = ["symlink", "folder symlink", "fifo", "socket", "deep folders", *NAMELESS, *CONTENTS]


@pytest.mark.parametrize("kind", KINDS)
def test_odd_file(tmp_path: Path, kind: str, monkeypatch) -> None:
    """Refused from the command line; it never waits, crashes, or reads what lies outside."""
    root = lay_out(tmp_path / "root")
    monkeypatch.chdir(root / "specs/agents")
    odd_file(root / "specs/agents/x.yaml", kind)
    for command in ("check", "generate"):
        said = roster(root, command, code=1)
        assert said.replace("\n", "").isprintable()
    assert not (root / "generated").exists()


def test_specs_is_a_symlink(tmp_path: Path) -> None:
    """Nothing outside the repository is read."""
    root = lay_out(tmp_path / "root")
    (root / "policies").rename(tmp_path / "policies")
    (root / "policies").symlink_to(tmp_path / "policies")
    assert "symlink" in roster(root, "check", code=1)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read every file")
@pytest.mark.parametrize("name", ["specs/agents", "specs/prompts/prompt.md"])
def test_unreadable(tmp_path: Path, name: str) -> None:
    root = lay_out(tmp_path)
    (root / name).chmod(0)
    said = roster(root, "check", code=1)
    (root / name).chmod(0o700)
    assert "error[input-unreadable]" in said


@pytest.mark.parametrize("change", ["crlf", "bom", "yaml folder"])
def test_harmless_difference_changes_nothing(tmp_path: Path, change: str) -> None:
    root = lay_out(tmp_path, HELPER)
    for file in [
        path for name in ("specs", "projects", "policies") for path in (root / name).rglob("*.*")
    ]:
        data = file.read_bytes()
        file.write_bytes(
            data.replace(b"\n", b"\r\n") if change == "crlf" else b"\xef\xbb\xbf" + data
        )
    roster(root, "generate", code=0)
    have = tree(root / "generated")
    assert {path: have[path] for path in clean(HELPER)} == clean(HELPER)
