"""The workflow that makes, signs and attests bills of materials: actionlint reads it, bash and
cosign run its steps against a real registry. `docker run` is a shim that runs the program itself.
"""

from __future__ import annotations

import json
import os
import re
import sys
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
args=("${@//\\/boms\\//$PWD/}")
exec "$COSIGN_PROGRAM" "${args[@]}"
"""


def steps(path: Path, job: str) -> dict[str, str]:
    """What the steps of a job run, by name."""
    entries = yaml.safe_load(path.read_text(encoding="utf-8"))["jobs"][job]["steps"]
    return {step["name"]: step["run"] for step in entries if "run" in step}


def lint(path: Path, *, code: int = 0) -> str:
    return run(SIGNING / "actionlint", "-no-color", path, code=code)


def test_actionlint_accepts_it() -> None:
    lint(WORKFLOW)


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        ("- scan", "- scam", "scam"),
        ("steps.asked.", "steps.ask.", "ask"),
        ("fail-fast: false", "fail-fast: perhaps", "perhaps"),
        ("packages: read", "packages: reed", "reed"),
        ("needs.asked.outputs.images", "needs.asked.outputs.pictures", "pictures"),
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
    assert all(re.fullmatch(r"[\w./-]+@[0-9a-f]{40}", reference) for reference in used)
    assert all(re.fullmatch(r"\S+@sha256:[0-9a-f]{64}", reference) for reference in tools)


def asked(tmp_path: Path, only: str, digest: str, code: int = 0) -> tuple[list[Any], str]:
    """The rows for which jobs run, and the output, for a name and a digest from the caller."""
    estate = tmp_path / "estate"
    spec = {"tag: 1.0.0": f"tag: 1.0.0, digest: '{DIGEST}'"}
    workflow = (
        emitted(estate, {"specs/agents/financial.yaml": spec}) / "sbom" / "github-actions.yaml"
    )
    results = tmp_path / "output"
    results.touch()
    env = {"ONLY": only, "DIGEST": digest, "GITHUB_OUTPUT": str(results)}
    script = steps(workflow, "asked")["select images"]
    output = run(sys.executable, "-c", script, code=code, env=env)
    text = results.read_text(encoding="utf-8")
    assert text.count("\n") == (0 if code else 1)
    return json.loads(text.removeprefix("images=") or "[]"), output


OTHER = DIGEST.replace("0", "f")


@pytest.mark.parametrize(
    ("only", "digest", "rows"),
    [
        ("", "", [("agent-financial", DIGEST)]),
        ("agent-financial", "", [("agent-financial", DIGEST)]),
        ("agent-financial", OTHER, [("agent-financial", OTHER)]),
        ("agent-security", OTHER, [("agent-security", OTHER)]),
    ],
    ids=["all with a digest", "named", "pushed again", "pushed"],
)
def test_which_images_are_done(
    tmp_path: Path, only: str, digest: str, rows: list[tuple[str, str]]
) -> None:
    images, output = asked(tmp_path, only, digest)
    assert [(row["name"], row["digest"]) for row in images] == rows
    assert ("::warning::agent-security has no digest" in output) is (only == "")


@pytest.mark.parametrize(
    ("only", "digest", "why"),
    [
        ("agent-finacial", OTHER, "no image is called 'agent-finacial'"),
        ("", OTHER, "a digest needs the name of its image"),
        ("agent-security", "", "there is no digest"),
        ("agent-financial", "latest", "there is no digest"),
        ("agent-financial", f"{OTHER}\nimages=[]", "there is no digest"),
        ("agent-financial", f"{OTHER}0", "there is no digest"),
        ("x\n::warning::y", "", "no image is called 'x\\\\n::warning::y'"),
    ],
    ids=["misspelt", "no name", "no digest", "a tag", "two lines", "too long", "a command"],
)
def test_what_is_refused(tmp_path: Path, only: str, digest: str, why: str) -> None:
    images, output = asked(tmp_path, only, digest, code=1)
    assert images == []
    assert f"::error::{why}" in output.replace("\\n::warning", "\\\\n::warning")


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
    generated = emitted(folder / "estate", {"specs/platform.yaml": {shipped: keyed}})
    return folder, generated / "sbom" / "github-actions.yaml", (folder / "cosign.key").read_text()


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
    output = step(keyed, "sign and attest", tmp_path / "signed", image)
    output += step(keyed, "verify", tmp_path / "signed", image)
    assert PASSWORD not in output and "PRIVATE KEY" not in output
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
    output = run(*SHELL, steps(keyed[1], "attest")["verify"], code=12, cwd=folder, env=env)
    assert "invalid signature" in output
