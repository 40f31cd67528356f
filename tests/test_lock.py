"""`roster lock`: digests come from registries, and from nowhere else; and the lock pins images."""

from __future__ import annotations

import base64
import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from compiler.cli import oci
from tests.command import run
from tests.registry import DIGEST, Registry, serving

ROOT = Path(__file__).parents[1]
MINIMAL = ROOT / "tests" / "golden" / "minimal"
OTHER = "sha256:" + "0123456789abcdef" * 4
LOCK = "specs/lock.json"
PASSWORD = "user:correct-horse"


@pytest.fixture
def registry() -> Iterator[Registry]:
    with serving(Registry()) as registry:
        yield registry


@pytest.fixture
def estate(tmp_path: Path, registry: Registry) -> Path:
    """The minimal estate, whose agent's and server's images have tags, at that registry."""
    for name in ("specs", "projects", "policies"):
        shutil.copytree(MINIMAL / name, tmp_path / name)
    for path in ("agents/financial", "mcp-servers/stripe"):
        spec = tmp_path / f"specs/{path}.yaml"
        lines = [line for line in spec.read_text().splitlines() if "digest:" not in line]
        text = "\n".join(lines) + "\n"
        assert text.count("repository: ghcr.io") == 1
        start, _, rest = text.partition("repository: ghcr.io")
        spec.write_text(f"{start}repository: {registry.host}{rest}")
    return tmp_path


def roster(
    *arguments: str | Path, code: int = 0, home: Path | None = None
) -> CompletedProcess[str]:
    environment = {"PATH": "/nowhere", "DOCKER_CONFIG": str(home or "/nowhere")}
    done = run(*map(str, arguments), cwd=ROOT, environment=environment)
    assert done.returncode == code, done.stdout + done.stderr
    return done


def locked(estate: Path) -> dict[str, str]:
    return dict(json.loads((estate / LOCK).read_text())["images"])


def written(estate: Path) -> tuple[int, int]:
    """The inode of the lock, and when it was written."""
    stat = (estate / LOCK).stat()
    return stat.st_ino, stat.st_mtime_ns


def test_a_lock_is_written_and_pins_what_is_generated(estate: Path, registry: Registry) -> None:
    result = roster("lock", "--root", estate)
    assert "2 images locked: 2 changed" in result.stderr
    names = {name.removeprefix(registry.host): digest for name, digest in locked(estate).items()}
    assert names == {"/example/financial:1.0.0": DIGEST, "/example/stripe:1.0.0": DIGEST}
    roster("generate", "--root", estate)
    texts = [path.read_text() for path in (estate / "generated/clusters").rglob("*.yaml")]
    assert sum(f"{registry.host}/example/financial:1.0.0@{DIGEST}" in text for text in texts) >= 1
    assert not any(f"{registry.host}/example/financial:1.0.0\n" in text for text in texts)
    assert "image-unpinned" not in roster("check", "--root", estate).stderr
    assert f'"{LOCK}"' in (estate / "generated/provenance.json").read_text()


def test_a_second_run_changes_nothing(estate: Path) -> None:
    roster("lock", "--root", estate)
    before = written(estate)
    again = roster("lock", "--root", estate)
    assert (again.stdout, again.stderr) == ("", "2 images locked\n")
    assert written(estate) == before
    roster("lock", "--check", "--root", estate)


def test_check_says_what_moved_and_writes_nothing(estate: Path, registry: Registry) -> None:
    assert "2 differ" in roster("lock", "--check", "--root", estate, code=1).stderr
    assert not (estate / LOCK).exists()
    roster("lock", "--root", estate)
    before = (estate / LOCK).read_text()
    registry.body = b'{"schemaVersion": 2, "moved": true}'
    moved = roster("lock", "--check", "--root", estate, code=1)
    assert moved.stdout.count(DIGEST[:19]) == 2
    assert (estate / LOCK).read_text() == before


def test_an_image_that_left_the_specs_leaves_the_lock(estate: Path) -> None:
    roster("lock", "--root", estate)
    content = json.loads((estate / LOCK).read_text())
    content["images"]["ghcr.io/example/gone:1"] = OTHER
    (estate / LOCK).write_text(json.dumps(content))
    assert "ghcr.io/example/gone:1" in roster("lock", "--root", estate).stdout
    assert "ghcr.io/example/gone:1" not in locked(estate)


def test_only_some_images(estate: Path, registry: Registry) -> None:
    roster("lock", "--root", estate, f"{registry.host}/example/fin")
    assert len(locked(estate)) == 1
    roster("lock", "--root", estate, f"{registry.host}/example/str")
    assert len(locked(estate)) == 2
    none = roster("lock", "--root", estate, "nowhere/", code=2)
    assert "starts like `nowhere/`" in none.stderr


def test_a_broken_lock_is_written_again(estate: Path) -> None:
    (estate / LOCK).write_text("{")
    assert "error[lock-invalid]" in roster("generate", "--root", estate, code=1).stderr
    roster("lock", "--check", "--root", estate, code=1)
    roster("lock", "--root", estate)
    assert len(locked(estate)) == 2


def test_specs_with_mistakes_are_not_asked_about(estate: Path, registry: Registry) -> None:
    (estate / "specs/agents/financial.yaml").write_text("kind: [")
    assert "error[" in roster("lock", "--root", estate, code=1).stderr
    assert registry.asked == []


REFUSALS: dict[str, tuple[dict[str, object], str]] = {
    "missing": ({"status": 404}, "the registry has no such image"),
    "forbidden": ({"status": 403}, "the registry forbids it"),
    "too often": ({"status": 429}, "try again later"),
    "broken": ({"status": 500}, "the registry answers 500"),
    "a page": ({"headers": {"Content-Type": "text/html"}}, "the answer is not a manifest"),
    "another digest": (
        {"headers": {"Docker-Content-Digest": OTHER}},
        "is not that of the manifest",
    ),
    "huge": ({"body": b" " * (oci.MAX_MANIFEST + 1)}, "larger than"),
    "without TLS": (
        {"status": 302, "headers": {"Location": "http://example.com/v2/"}},
        "it leads to example.com without TLS",
    ),
    "to a file": (
        {"status": 302, "headers": {"Location": "file:///etc/passwd"}},
        "the registry answers 302",
    ),
}


@pytest.mark.parametrize("name", REFUSALS)
def test_what_cannot_be_trusted_is_named_and_nothing_is_written(
    name: str, estate: Path, registry: Registry
) -> None:
    changes, why = REFUSALS[name]
    for attribute, value in changes.items():
        setattr(registry, attribute, value)
    result = roster("lock", "--root", estate, code=1)
    assert result.stderr.count(why) == 2, result.stderr
    assert "2 of 2 do not resolve: nothing is written" in result.stderr
    assert not (estate / LOCK).exists()


def test_a_registry_that_is_not_there(estate: Path, registry: Registry) -> None:
    spec = estate / "specs/agents/financial.yaml"
    spec.write_text(spec.read_text().replace(registry.host, "127.0.0.1:1"))
    result = roster("lock", "--root", estate, code=1)
    assert "127.0.0.1:1 cannot be reached" in result.stderr
    assert "1 of 2 do not resolve" in result.stderr


@pytest.fixture
def home(tmp_path: Path, registry: Registry) -> Path:
    """A folder as `docker login` leaves it, for that registry."""
    registry.login = PASSWORD
    folder = tmp_path / "docker"
    folder.mkdir()
    kept = base64.b64encode(PASSWORD.encode()).decode()
    (folder / "config.json").write_text(json.dumps({"auths": {registry.host: {"auth": kept}}}))
    return folder


def test_a_token_is_fetched_with_the_login_of_docker(
    estate: Path, registry: Registry, home: Path
) -> None:
    roster("lock", "--root", estate, home=home)
    assert len(locked(estate)) == 2
    tokens = [path for path, _ in registry.asked if path.startswith("/token")]
    assert any("scope=repository%3Aexample%2Ffinancial%3Apull" in path for path in tokens)


def test_without_a_login_it_says_how_and_shows_no_secret(
    estate: Path, registry: Registry, home: Path
) -> None:
    kept = json.loads((home / "config.json").read_text())["auths"][registry.host]["auth"]
    registry.login = "user:another"
    result = roster("lock", "--root", estate, home=home, code=1)
    assert f"`docker login {registry.host}`" in result.stderr
    for secret in (kept, PASSWORD, "correct-horse"):
        assert secret not in result.stderr + result.stdout


def test_a_credential_is_not_taken_to_another_host(
    estate: Path, registry: Registry, home: Path
) -> None:
    with serving(Registry()) as other:
        registry.status = 307
        registry.headers = {"Location": f"http://{other.host}/v2/elsewhere"}
        roster("lock", "--root", estate, home=home)
        assert len(other.asked) == 2
        assert {authorization for _, authorization in other.asked} == {None}


@pytest.mark.parametrize(
    ("config", "why"),
    [
        ("{", "cannot be read"),
        ('{"auths": [1]}', "cannot be read"),
        ('{"credsStore": "../evil"}', "cannot be read"),
        ('{"credsStore": "absent"}', "`docker-credential-absent` does not work"),
    ],
)
def test_a_configuration_of_docker_that_does_not_help(
    config: str, why: str, estate: Path, home: Path
) -> None:
    (home / "config.json").write_text(config)
    assert why in roster("lock", "--root", estate, home=home, code=1).stderr


def test_a_helper_gives_the_credential(estate: Path, registry: Registry, home: Path) -> None:
    helper = home / "docker-credential-here"
    answer = '{"Username": "user", "Secret": "correct-horse"}'
    helper.write_text(f"#!/bin/sh\nread host\n[ \"$1 $host\" = 'get {registry.host}' ] || exit 1\n"
                      f"echo '{answer}'\n")  # fmt: skip
    helper.chmod(0o755)
    (home / "config.json").write_text(json.dumps({"credHelpers": {registry.host: "here"}}))
    environment = {"PATH": f"{home}:/bin:/usr/bin", "DOCKER_CONFIG": str(home)}
    done = run("lock", "--root", str(estate), cwd=ROOT, environment=environment)
    assert done.returncode == 0, done.stderr
    assert len(locked(estate)) == 2


@pytest.mark.parametrize("format", ["text", "short", "json", "sarif", "github"])
@pytest.mark.parametrize("images", ['{"\\ud800": "x"}', '{"\\ud800": 1, "\\ud800": 2}'])
def test_half_a_character_in_a_lock_is_reported(estate: Path, images: str, format: str) -> None:
    (estate / LOCK).write_text(f'{{"version": 1, "images": {images}}}')
    done = roster("check", "--root", estate, "--format", format, code=1)
    assert "lock-invalid" in done.stdout + done.stderr
