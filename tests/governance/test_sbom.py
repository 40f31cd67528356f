"""`make sbom`, `sbom-sign` and `sbom-verify`: made by cyclonedx-py, signed by cosign, with no log.

Everything is made below a folder of its own; the key is made here.
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

from tests.governance.programs import GENERATED, ROOT, SIGNING, run

FILES = ("compiler.cdx.json", "stack.cdx.json", "provenance.json")
PASSWORD = {"COSIGN_PASSWORD": "not-a-secret-but-long"}


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with two pairs of keys: `ours` and `other`."""
    folder = tmp_path_factory.mktemp("keys")
    for name in ("ours", "other"):
        run(
            SIGNING / "cosign",
            "generate-key-pair",
            "--output-key-prefix",
            name,
            cwd=folder,
            env=PASSWORD,
        )
    return folder


@pytest.fixture(scope="module")
def signed(tmp_path_factory: pytest.TempPathFactory, keys: Path) -> Path:
    """The folder that `make sbom-sign` filled."""
    folder = tmp_path_factory.mktemp("sbom")
    output = run(
        "make", "sbom-sign", f"SBOM={folder}", f"COSIGN_KEY={keys / 'ours.key'}", env=PASSWORD
    )
    assert PASSWORD["COSIGN_PASSWORD"] not in output
    return folder


@pytest.fixture
def copy(signed: Path, tmp_path: Path) -> Path:
    """Of that folder, to be spoilt."""
    return Path(shutil.copytree(signed, tmp_path / "sbom"))


def verify(folder: Path, public: Path, *, code: int = 0) -> str:
    return run("make", "sbom-verify", f"SBOM={folder}", f"COSIGN_PUB={public}", code=code)


@pytest.mark.parametrize(
    ("name", "lock"), [("compiler", "requirements.lock"), ("stack", "stack/requirements.lock")]
)
def test_an_sbom_is_valid_and_names_every_package_of_the_lock(
    signed: Path, name: str, lock: str
) -> None:
    text = (signed / f"{name}.cdx.json").read_text(encoding="utf-8")
    assert JsonStrictValidator(SchemaVersion.V1_7).validate_str(text) is None
    lines = (ROOT / lock).read_text(encoding="utf-8").splitlines()
    pinned = {line.split(" ")[0] for line in lines if "==" in line}
    listed = {f"{part['name']}=={part['version']}" for part in json.loads(text)["components"]}
    assert listed == pinned
    hashes = [part["externalReferences"][0]["hashes"] for part in json.loads(text)["components"]]
    assert all(hashes)


def test_the_validator_can_refuse(signed: Path) -> None:
    text = (signed / "compiler.cdx.json").read_text(encoding="utf-8")
    spoilt = json.dumps({**json.loads(text), "more": 1})
    assert JsonStrictValidator(SchemaVersion.V1_7).validate_str(spoilt) is not None


def test_what_is_signed_is_verified_without_a_network(signed: Path, keys: Path) -> None:
    output = verify(signed, keys / "ours.pub")
    assert output.count("Verified OK") == len(FILES)
    assert "are as stated" in output


@pytest.mark.parametrize("name", FILES)
def test_one_changed_byte_is_refused(copy: Path, keys: Path, name: str) -> None:
    path = copy / name
    path.write_bytes(
        path.read_bytes().replace(b"sha", b"shb", 1) if name[0] == "p" else path.read_bytes() + b" "
    )
    assert "invalid signature" in verify(copy, keys / "ours.pub", code=2)


def test_another_key_is_refused(signed: Path, keys: Path) -> None:
    assert "failed to verify signature" in verify(signed, keys / "other.pub", code=2)


@pytest.mark.parametrize("name", FILES)
def test_a_missing_signature_is_refused(copy: Path, keys: Path, name: str) -> None:
    (copy / f"{name}.sigstore.json").unlink()
    assert f"{name}.sigstore.json: no such file" in verify(copy, keys / "ours.pub", code=2)


def test_a_signature_of_another_file_is_refused(copy: Path, keys: Path) -> None:
    shutil.copy(copy / "stack.cdx.json.sigstore.json", copy / "compiler.cdx.json.sigstore.json")
    assert "invalid signature" in verify(copy, keys / "ours.pub", code=2)


def test_an_sbom_of_yesterday_is_refused_although_it_is_signed(copy: Path, keys: Path) -> None:
    """It is signed again, but it no longer matches the lock."""
    path = copy / "compiler.cdx.json"
    whole = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps({**whole, "components": whole["components"][1:]}), encoding="utf-8")
    bundle = f"{path}.sigstore.json"
    run(
        SIGNING / "cosign", "sign-blob", "--yes", "--key", keys / "ours.key", "--signing-config",
        copy / "signing-config.json", "--bundle", bundle, path, env=PASSWORD,
    )  # fmt: skip
    assert "differ" in verify(copy, keys / "ours.pub", code=2)


def test_provenance_of_other_files_is_refused_although_it_is_signed(copy: Path, keys: Path) -> None:
    path = copy / "provenance.json"
    path.write_bytes(
        (GENERATED / "provenance.json").read_bytes().replace(b'"name":"', b'"name":"x', 1)
    )
    run(
        SIGNING / "cosign", "sign-blob", "--yes", "--key", keys / "ours.key", "--signing-config",
        copy / "signing-config.json", "--bundle", f"{path}.sigstore.json", path, env=PASSWORD,
    )  # fmt: skip
    assert "differ" in verify(copy, keys / "ours.pub", code=2)


@pytest.mark.parametrize(
    ("target", "name"), [("sbom-sign", "COSIGN_KEY"), ("sbom-verify", "COSIGN_PUB")]
)
def test_without_a_key_it_says_what_to_give(tmp_path: Path, target: str, name: str) -> None:
    assert f"{name}=" in run("make", target, f"SBOM={tmp_path}", f"{name}=", code=2)
