"""The workflow that makes, signs and attests bills of materials: actionlint reads it, bash and
cosign run its steps against a real registry. `docker run` is a shim that runs the program itself.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.governance.programs import GENERATED, SIGNING, pushed, run
from tests.governance.shipped import emitted

WORKFLOW = GENERATED / "sbom" / "github-actions.yaml"
DIGEST = "sha256:" + "0123456789abcdef" * 4
SUBJECT = "https://github.com/agent-ecosystem/agents/.github/workflows/sbom.yaml@refs/heads/main"
PASSWORD = "not-a-secret-but-long"
SHELL = ("bash", "--noprofile", "--norc", "-eo", "pipefail", "-c")
SHIM = """\
#!/usr/bin/env bash
# docker run --rm [--volume V] [--env NAME] IMAGE COMMAND...: the program itself, here
shift 2
while [[ "$1" == --* ]]; do shift 2; done
shift
args=("${@//\\/work\\//$PWD/}")
exec "$COSIGN_PROGRAM" "${args[@]}"
"""


def steps(path: Path, job: str) -> dict[str, str]:
    """What the steps of a job run, by name."""
    found = yaml.safe_load(path.read_text(encoding="utf-8"))["jobs"][job]["steps"]
    return {step["name"]: step["run"] for step in found if "run" in step}


def lint(path: Path, *, code: int = 0) -> str:
    return run(SIGNING / "actionlint", "-no-color", path, code=code)


def test_actionlint_accepts_it() -> None:
    lint(WORKFLOW)


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        ("needs: scan", "needs: scam", "scam"),
        ("matrix.name", "matrix.nome", "nome"),
        ("fail-fast: false", "fail-fast: perhaps", "perhaps"),
        ("packages: read", "packages: reed", "reed"),
    ],
)
def test_actionlint_can_refuse(old: str, new: str, why: str, tmp_path: Path) -> None:
    text = WORKFLOW.read_text(encoding="utf-8")
    assert old in text
    spoilt = tmp_path / "workflow.yaml"
    spoilt.write_text(text.replace(old, new, 1), encoding="utf-8")
    assert why in lint(spoilt, code=1)


def test_every_action_and_every_tool_is_pinned() -> None:
    text = WORKFLOW.read_text(encoding="utf-8")
    used = re.findall(r"uses: (\S+)", text)
    tools = re.findall(r"(?:SYFT|COSIGN): (\S+)", text)
    assert len(used) == 2 and len(tools) == 3
    assert all(re.fullmatch(r"[\w./-]+@[0-9a-f]{40}", one) for one in used)
    assert all(re.fullmatch(r"\S+@sha256:[0-9a-f]{64}", one) for one in tools)


@pytest.mark.parametrize("job", ["scan", "attest"])
@pytest.mark.parametrize(
    ("only", "digest", "code", "output"),
    [
        ("", DIGEST, 0, f"image=ghcr.io/a/b@{DIGEST}\n"),
        ("agent-dev", DIGEST, 0, f"image=ghcr.io/a/b@{DIGEST}\n"),
        ("agent-ops", "", 0, ""),
        ("", "", 1, ""),
        ("agent-dev", "latest", 1, ""),
        ("agent-dev", f"{DIGEST}\nimage=evil", 1, ""),
        ("agent-dev", f"{DIGEST}0", 1, ""),
    ],
    ids=["all", "named", "other", "no digest", "a tag", "two lines", "too long"],
)
def test_which_image(
    job: str, only: str, digest: str, code: int, output: str, tmp_path: Path
) -> None:
    """The name and the digest come from whoever starts the workflow."""
    written = tmp_path / "output"
    written.touch()
    env = {"NAME": "agent-dev", "ONLY": only, "REPOSITORY": "ghcr.io/a/b", "DIGEST": digest}
    said = run(
        *SHELL,
        steps(WORKFLOW, job)["which image"],
        code=code,
        env={**env, "GITHUB_OUTPUT": str(written)},
    )
    assert written.read_text(encoding="utf-8") == output
    assert ("has no digest" in said) is bool(code)


@pytest.fixture(scope="module")
def keyed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path, str]:
    """A folder with a pair of keys and a shim, the workflow for that key, and the private key."""
    folder = tmp_path_factory.mktemp("keyed")
    env = {"COSIGN_PASSWORD": PASSWORD}
    run(SIGNING / "cosign", "generate-key-pair", cwd=folder, env=env)
    public = (folder / "cosign.pub").read_text(encoding="utf-8")
    (folder / "docker").write_text(SHIM, encoding="utf-8")
    (folder / "docker").chmod(0o755)
    shipped = "".join(
        f"      {line}\n"
        for line in (
            "type: keyless",
            "issuer: https://token.actions.githubusercontent.com",
            f"subject: {SUBJECT}",
        )
    )
    keyed = "      type: key\n      public: |\n"
    keyed += "".join(f"        {line}\n" for line in public.splitlines())
    made = emitted(folder / "estate", {"specs/platform.yaml": {shipped: keyed}})
    return folder, made / "sbom" / "github-actions.yaml", (folder / "cosign.key").read_text()


def attestable(registry: str, name: str, folder: Path) -> str:
    """An image that was just pushed, by its digest, and a bill of materials beside it."""
    folder.mkdir()
    (folder / "bom.cdx.json").write_text('{"bomFormat": "CycloneDX", "specVersion": "1.6"}')
    return f"{registry}/{name}@{pushed(f'{registry}/{name}:v1', folder)}"


def environment(keyed: tuple[Path, Path, str], image: str) -> dict[str, str]:
    folder, _, private = keyed
    return {
        "PATH": f"{folder}:{os.environ['PATH']}",
        "COSIGN_PROGRAM": str(SIGNING / "cosign"),
        "COSIGN": "the image of cosign",
        "COSIGN_PRIVATE_KEY": private,
        "COSIGN_PASSWORD": PASSWORD,
        "COSIGN_PUBLIC_KEY": (folder / "cosign.pub").read_text(encoding="utf-8"),
        "IMAGE": image,
    }


def step(keyed: tuple[Path, Path, str], name: str, folder: Path, image: str, code: int = 0) -> str:
    script = steps(keyed[1], "attest")[name]
    return run(*SHELL, script, code=code, cwd=folder, env=environment(keyed, image))


def test_an_image_is_signed_and_attested_and_both_are_found(
    registry: str, keyed: tuple[Path, Path, str], tmp_path: Path
) -> None:
    image = attestable(registry, "signed", tmp_path / "signed")
    said = step(keyed, "sign and attest", tmp_path / "signed", image)
    said += step(keyed, "verify", tmp_path / "signed", image)
    assert PASSWORD not in said and "PRIVATE KEY" not in said
    listed = run(SIGNING / "crane", "ls", "--insecure", f"{registry}/signed").split()
    tag = image.partition("@")[2].replace(":", "-")
    assert set(listed) == {"v1", f"{tag}.sig", f"{tag}.att"}


def test_an_unsigned_image_and_one_without_a_bom_do_not_verify(
    registry: str, keyed: tuple[Path, Path, str], tmp_path: Path
) -> None:
    folder = tmp_path / "bare"
    image = attestable(registry, "bare", folder)
    assert "no signatures found" in step(keyed, "verify", folder, image, code=10)
    sign, _, attest = steps(keyed[1], "attest")["sign and attest"].partition("\n")
    assert " attest " in attest
    run(*SHELL, sign, cwd=folder, env=environment(keyed, image))
    assert "no matching attestations" in step(keyed, "verify", folder, image, code=1)


def test_what_another_key_signed_does_not_verify(
    registry: str, keyed: tuple[Path, Path, str], tmp_path: Path
) -> None:
    folder = tmp_path / "other"
    image = attestable(registry, "other", folder)
    step(keyed, "sign and attest", folder, image)
    run(SIGNING / "cosign", "generate-key-pair", cwd=folder, env={"COSIGN_PASSWORD": PASSWORD})
    env: dict[str, Any] = environment(keyed, image)
    env["COSIGN_PUBLIC_KEY"] = (folder / "cosign.pub").read_text(encoding="utf-8")
    said = run(*SHELL, steps(keyed[1], "attest")["verify"], code=12, cwd=folder, env=env)
    assert "invalid signature" in said
