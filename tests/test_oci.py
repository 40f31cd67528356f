"""What registries answer, and which of it is believed; who gets a login, and who does not."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from compiler.cli import logins, oci
from tests.registry import DIGEST, Registry, serving

PASSWORD = "user:correct-horse"
KEPT = base64.b64encode(PASSWORD.encode()).decode()


@pytest.fixture
def registry() -> Iterator[Registry]:
    with serving(Registry()) as registry:
        yield registry


@pytest.fixture(autouse=True)
def home(tmp_path: Path, registry: Registry, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder as `docker login` leaves it, for that registry."""
    monkeypatch.setenv("DOCKER_CONFIG", str(tmp_path))
    kept(tmp_path, {"auths": {registry.host: {"auth": KEPT}}})
    return tmp_path


def kept(home: Path, content: object) -> None:
    (home / "config.json").write_text(json.dumps(content))


def refused(registry: Registry, repository: str = "a/b") -> str:
    """Why there is no digest; no word of it is a credential."""
    with pytest.raises(logins.Unresolved) as why:
        oci.digest(f"{registry.host}/{repository}", "1")
    reason = str(why.value)
    assert not [word for word in (KEPT, "correct-horse", "pass\n") if word in reason]
    return reason


def test_a_manifest_is_believed(registry: Registry) -> None:
    assert oci.digest(f"{registry.host}/a/b", "1") == DIGEST


@pytest.mark.parametrize(
    ("body", "headers", "why"),
    [
        (b"", {}, "not a complete manifest"),
        (b"<html>", {}, "not a complete manifest"),
        (b"[2]", {}, "not a complete manifest"),
        (b'{"schemaVersion": 1}', {}, "not a complete manifest"),
        (b'{"schemaVersion": 2}', {"Content-Length": "500"}, "cut off"),
        (b"[" * 100_000, {}, "not a complete manifest"),
    ],
    ids=["nothing", "a page", "a list", "an old one", "a half", "a deep one"],
)
def test_what_is_no_whole_manifest(
    registry: Registry, body: bytes, headers: dict[str, str], why: str
) -> None:
    registry.body, registry.headers = body, headers
    assert why in refused(registry)


def test_a_status_of_success_without_content(registry: Registry) -> None:
    registry.status, registry.body = 204, b""
    assert "with status 204" in refused(registry)


def test_one_that_takes_too_long(registry: Registry, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(oci, "_WHOLE", -1)
    assert "it takes longer" in refused(registry)


def test_where_a_redirect_leads_to_does_not_say_where_a_login_goes(registry: Registry) -> None:
    with serving(Registry(login=PASSWORD)) as other:
        registry.status, registry.headers = 307, {"Location": f"http://{other.host}/v2/x"}
        assert "asks for credentials" in refused(registry)
        assert [path for path, _ in other.asked] == ["/v2/x"]


def test_this_machine_is_asked_past_any_proxy(
    registry: Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    with serving(Registry()) as proxy:
        monkeypatch.setenv("http_proxy", f"http://{proxy.host}")
        monkeypatch.delenv("no_proxy", raising=False)
        assert oci.digest(f"{registry.host}/a/b", "1") == DIGEST
        assert proxy.asked == []


@pytest.mark.parametrize(
    "token", [b'{"token": "a\\nb"}', "{\"token\": \"é\"}".encode(), b"{}", b"[]", b"\xff",
              b'{"token": null}', b'{"token": 5}'],
)  # fmt: skip
def test_a_token_that_is_none(registry: Registry, token: bytes) -> None:
    registry.login, registry.token = PASSWORD, token
    assert "gave no token" in refused(registry)


def test_a_token_by_its_other_name(registry: Registry) -> None:
    registry.login, registry.token = PASSWORD, b'{"access_token": "pass"}'
    assert oci.digest(f"{registry.host}/a/b", "1") == DIGEST


def test_a_realm_may_have_a_query(registry: Registry) -> None:
    registry.login, registry.realm = PASSWORD, f"http://{registry.host}/token?x=1"
    oci.digest(f"{registry.host}/a/b", "1")
    (asked,) = [path for path, _ in registry.asked if path.startswith("/token")]
    assert asked == "/token?x=1&service=here&scope=repository%3Aa%2Fb%3Apull"


@pytest.mark.parametrize(
    "realm", ["https://[evil/token", "http://example.com/token", "https://" + "x" * 70 + ".com/t",
              "file:///etc/passwd"],
)  # fmt: skip
def test_a_realm_that_leads_nowhere(registry: Registry, realm: str) -> None:
    registry.login, registry.realm = PASSWORD, realm
    assert refused(registry)


@pytest.mark.parametrize(
    "place", ["https://[bad", "https://" + "x" * 70 + ".com/", "//", "ftp://x"]
)
def test_a_redirect_that_leads_nowhere(registry: Registry, place: str) -> None:
    registry.status, registry.headers = 302, {"Location": place}
    assert refused(registry)


def test_a_login_with_a_line_break_is_taken_without_it(registry: Registry, home: Path) -> None:
    registry.login = PASSWORD
    kept(home, {"auths": {f"https://{registry.host}": {"auth": f"{KEPT}\n"}}, "credHelpers": None})
    assert oci.digest(f"{registry.host}/a/b", "1") == DIGEST
    kept(home, {"auths": {registry.host: {"auth": f"{KEPT[:8]}\n{KEPT[8:]}"}}})
    assert "is broken" in refused(registry)


@pytest.mark.parametrize("answer", ["{}", '{"Secret": "x"}', "[1]", "null", "x"])
def test_a_helper_that_answers_nonsense(
    registry: Registry, home: Path, answer: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    registry.login = PASSWORD
    helper = home / "docker-credential-odd"
    helper.write_text(f"#!/bin/sh\necho '{answer}'\n")
    helper.chmod(0o755)
    monkeypatch.setenv("PATH", f"{home}:/bin:/usr/bin")
    kept(home, {"credsStore": "odd"})
    assert "cannot be read" in refused(registry)


@pytest.mark.parametrize(
    ("url", "before", "led"),
    [
        ("https://b.example.com/", "https://a.example.com/", True),
        ("http://localhost:5000/", "http://127.0.0.1:5000/", True),
        ("http://localhost:5000/", "https://a.example.com/", False),
        ("http://b.example.com/", "http://localhost:5000/", False),
        ("http://localhost:5000@b.example.com/", "http://localhost:5000/", False),
    ],
)
def test_who_was_asked_with_tls_leads_nowhere_without_it(url: str, before: str, led: bool) -> None:
    try:
        oci._guarded(url, before)
    except logins.Unresolved:
        assert not led
    else:
        assert led


def test_names_that_no_host_has() -> None:
    with pytest.raises(logins.Unresolved):
        oci.digest("ghcr..io/a/b", "1")


def test_only_this_machine_is_asked_without_tls(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def refuse(url: str, *_: object) -> None:
        asked.append(url)
        raise logins.Unresolved("stop")

    monkeypatch.setattr(oci, "_open", refuse)
    for repository in ("docker.io/redis", "docker.io/a/b", "localhost:5000/a", "127.0.0.1.a.com/a"):
        with pytest.raises(logins.Unresolved):
            oci.digest(repository, "1")
    assert asked == [
        "https://registry-1.docker.io/v2/library/redis/manifests/1",
        "https://registry-1.docker.io/v2/a/b/manifests/1",
        "http://localhost:5000/v2/a/manifests/1",
        "https://127.0.0.1.a.com/v2/a/manifests/1",
    ]
