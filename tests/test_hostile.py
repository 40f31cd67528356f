"""Hostile specs are refused with a diagnostic, quickly; nothing is written, and no secret leaks."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest
import yaml

from compiler import render
from compiler.cli.rules import all_rules
from compiler.parse import parse
from compiler.pipeline import Compilation, compile
from compiler.source import Source
from tests.estate import TODAY, sources
from tests.folders import DOCUMENTS

HEAD = "apiVersion: roster/v1\nkind: Agent\nmetadata: {name: x}\nspec:\n"
DEEP = 200_000
LAUGHS = "a0: &a0 [x]\n" + "".join(f"a{i}: &a{i} [{f'*a{i - 1},' * 9}]\n" for i in range(1, 9))
ATTACKS = {
    "yaml-duplicate-key": ["a: 1\na: 2", '{a: 1, "\\x61": 2}'],
    "yaml-exotic": [
        *("a: !!python/object/apply:os.system [id]", "a: !!binary aGk=", "a: !!set {b}", "a: ! 1"),
        *(
            "a: !!str 1",
            "!!str a: 1",
            "? [a]\n: b",
            "1: a",
            "~: a",
            LAUGHS,
            "a: &a [*a]",
            "a: &a b",
        ),
        *("a: &a {b: c}\nd: {<<: *a}", "%TAG ! tag:evil,2000:\n---\na: b", "? " * DEEP),
    ],
    "yaml-syntax": ["a: [b", "a:\n\tb: c"],
    "yaml-empty": ["", "# nothing\n"],
    "wrong-shape": [
        *("null", "---\n---\n", "[a]", "a", "apiVersion:\nkind:\nmetadata:\nspec:"),
        HEAD + "  servers: [null]\n  capabilities: [~]",
    ],
    "yaml-too-large": [
        *("[" * DEEP, "{a: " * DEEP, "- " * DEEP, "- " * 30 + "[{a: " * DEEP),
        "".join(" " * n + "a:\n" for n in range(1000)),
        *("a: [" + "b," * 60_000 + "]", "a: " + "b" * 1_000_001),
    ],
    "hidden-character": [f'a: "b{c}c"' for c in "\0\x07\x1b\x7f\x85\x9b\u200b\u2028\u202e\u2066"],
    "": ['a: "\ud800"', 'a: "\ufffe"', "a: \uffff", "a: \U0001ffff"],
}
WORDS = (
    "no on off yes y 007 0777 0o17 0x1f 1_000 22:22:22 .inf .nan 2026-11-23 = << 1e3333 9"
    + "9" * 30
)
VERSIONS = ["1.10", "123e456", "0.10", "1e3", "007", "0777", "no"]


def with_text(text: str, path: str = "specs/agents/x.yaml") -> dict[str, Source]:
    return {**sources([]), path: Source(path, text)}


def compiled(files: dict[str, Source]) -> Compilation:
    return compile(files.values(), today=TODAY)


def shown(files: dict[str, Source], result: Compilation) -> dict[str, str]:
    """The diagnostics in each output format."""
    diagnostics = result.diagnostics
    formats = {"text": render.text(diagnostics, files), "short": render.short(diagnostics)}
    formats |= {"json": render.json(diagnostics), "sarif": render.sarif(diagnostics, all_rules())}
    return {**formats, "github": render.github(diagnostics)}


def assert_refused(files: dict[str, Source], code: str) -> None:
    """It fails with that error, without files, and without control characters in its output."""
    result = compiled(files)
    assert result.failed
    assert not result.files
    assert code in {"", *(d.code for d in result.diagnostics)}
    for format, text in shown(files, result).items():
        assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e]", text), format


@pytest.mark.parametrize(
    ("code", "text"),
    [(code, text) for code, texts in ATTACKS.items() for text in texts],
    ids=lambda text: ascii(text[:30]),
)
def test_attack(code: str, text: str) -> None:
    assert_refused(with_text(text), code)


@pytest.mark.parametrize("word", WORDS.split())
def test_word_stays_a_word(word: str) -> None:
    (document,), _ = parse(Source("x.yaml", f"{word}x: {word}\n"))
    assert document.data == {f"{word}x": word}


@pytest.mark.parametrize("word", VERSIONS)
def test_version_keeps_its_digits(word: str) -> None:
    """A tag that looks like a number or a Boolean is written as it was read."""
    files = {p: Source(p, s.text.replace("tag: 1.0.0", f"tag: {word}")) for p, s in BASE.items()}
    texts = [file.text for file in compiled(files).files if "/deployment" in file.path]
    assert len(texts) == 2
    assert all(f":{word}@" in text for text in texts)


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


ENDLESS = {
    "fields": HEAD + "".join(f"  displayNam{n}: a\n" for n in range(4000)),
    "items": HEAD + "  capabilities: [" + "{}," * 40_000 + "]",
    "numbers": HEAD + "  capabilities: [" + "1.10," * 40_000 + "]",
    "duplicates": HEAD + "  a: b\n" * 8000,
    "documents": (HEAD + "  {}\n---\n") * 2000,
    "scheme": "# " + "a+" * 400_000 + "://",
    "password": "# " + "a-" * 400_000 + "password",
    "token": "# " + "eyJaaaaaaaaaa-" * 60_000 + "_",
}
APART = """
import sys
from datetime import date
from compiler.pipeline import compile
from compiler.source import Source
compile([Source("specs/agents/x.yaml", sys.stdin.read())], today=date(2026, 11, 23))
"""


@pytest.mark.parametrize("text", ENDLESS.values(), ids=ENDLESS)
def test_work_grows_with_the_input(text: str) -> None:
    """These take hours if the work grows with the square of the input."""
    command = [sys.executable, "-c", APART]
    subprocess.run(command, input=text, text=True, check=True, timeout=120)


A, N = "aB3xK9mQ7" * 12, "0123456789" * 2  # parts of tokens that were never issued
SECRETS = {
    "aws id": "AKIA" + "Q7ZXCV2B" * 2,
    "aws secret": "aws_secret_access_key = " + A[:40],
    "slack": "xoxb" + "-" + N[:12] + "-" + N[:12] + "-" + A[:24],
    "slack hook": "https://hooks.slack" + ".com/services/T0AB1CD2E/B0AB1CD2E/" + A[:24],
    "sendgrid": "SG" + "." + A[:22] + "." + A[:43],
    "grafana": "glsa" + "_" + A[:32] + "_0a1b2c3d",
    "jwt": "eyJ" + A[:20] + ".eyJ" + A[:30] + "." + A[:43],
    "key": "-----BEGIN OPENSSH " + "PRIVATE KEY-----",
    "url": "postgres://admin:" + "hunter2" + "@db.example.com/x",
    "weak": "DB_PASSWORD=" + "correcthorse",
}
PREFIXES = {"ghp_": 36, "github_pat_": 82, "glpat-": 20, "sk-ant-api03-": 93, "sk-proj-": 48}
PREFIXES |= {"sk_live_": 24, "whsec_": 32, "AIza": 35, "ntn_": 46, "figd_": 40, "pcsk_": 60}
PREFIXES |= {"npm_": 36, "pypi-AgEIcHlwaS5vcmc": 60, "dckr_pat_": 27, "hf_": 34, "hvs.": 90}
SECRETS |= {prefix: prefix + A[:length] for prefix, length in PREFIXES.items()}
LOOK_ALIKES = (
    "9fceb02d0ae598e95dc970b74767f19372d61af8 sha256:"
    + "0123456789abcdef" * 4
    + " sk-learn-hdbscan "
    "claude-haiku-4-5-20251001 anthropic.claude-sonnet-4-5-20250929-v1:0 ${API_KEY} SG.example.com "
    "STRIPE_SECRET_KEY DATABASE_PASSWORD=${DATABASE_PASSWORD} https://${USER}:${PASSWORD}@a.com "
    "mcp/stripe/secret_key api_key=$(API_KEY) 123e4567-e89b-12d3-a456-426614174000 "
    "arn:aws:iam::123456789012:role/secret-reader https://git.example.com/agents.git "
    "sha512-" + "q83vEjRWeJCrze8=" * 5 + "q83vEg== maxTokens=64000000000"
).split()
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
CASES = [("value", issuer) for issuer in SECRETS] + [(place, "ghp_") for place in PLACES]


@pytest.mark.parametrize(("where", "issuer"), CASES)
def test_secret_is_found_and_never_shown(where: str, issuer: str) -> None:
    files = with_text(PLACES[where].replace("@@", SECRETS[issuer]))
    assert_refused(files, "secret-literal")
    outputs = shown(files, compiled(files)).items()
    assert not [format for format, text in outputs if SECRETS[issuer] in text]


def test_secret_in_escapes_is_found() -> None:
    """The text of the file does not contain the secret, but the string that it stands for does."""
    text = BASE[STRIPE].text.replace("Payments", '"\\x67' + SECRETS["ghp_"][1:] + '"')
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
    "",
    "a b",
    "a\nb",
    "stripe\n",
    "a\x1b[31m",
    "a\u202eb",
    "a\0",
    "a" * 64,
    "\u0430",
    "con",
    "A",
]
NAMES += [".", "..", "../../x", "/x", "a/../b", "-a", "a.b"]
WRONG = {
    "name": NAMES,
    "owner": ["a\x1b[31m", "a\u202eb", "a\nb"],
    "version": ["..", "/../x", "-a", "a\n"],
    "tag": ["..", "/../x", "-a", "a\n"],
    "tool": ["/../x", "a\n", "a b"],
    "repository": ["../x", "--upload-pack=x", "a/../../b", "ghcr.io/a b"],
    "host": ["*", "**.com", "a.com/x", "a.com\nb", "a.com:99999", "[::1]@"],
    "secret": ["../x", "/etc", "-a", "a b"],
    "memory": ["9" * 30 + "G"],
    "number": ["9" * 30, "1e9", "-1"],
}


@pytest.mark.parametrize(("part", "value"), [(p, v) for p, values in WRONG.items() for v in values])
def test_wrong_value_is_refused(part: str, value: str) -> None:
    old, new = PARTS[part]
    quoted = value if part == "number" else json.dumps(value)
    text = BASE[STRIPE].text.replace(old, new.replace("@@", quoted))
    code = "wrong-shape" if value.replace("\n", "").isprintable() else ""
    assert_refused({**BASE, STRIPE: Source(STRIPE, text)}, code)


@pytest.mark.parametrize(
    "scheme",
    ["javascript:alert(1)", "javascript://a.com/x", "data:text/html,x", "file:///etc/passwd"],
)
@pytest.mark.parametrize("old", re.findall(r'https://[^",}\s]+', "".join(DOCUMENTS)))
def test_url_is_a_web_address(old: str, scheme: str) -> None:
    (path,) = (p for p, s in BASE.items() if old in s.text)
    text = BASE[path].text.replace(old, scheme)
    assert_refused({**BASE, path: Source(path, text)}, "wrong-shape")
