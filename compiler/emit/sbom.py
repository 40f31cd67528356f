"""What makes, signs and attests bills of materials: one workflow for GitHub's runners.

The release workflow calls it for each image that it pushed, by name and digest; by hand it does all
images whose digest the specs or the lock hold. The scan has no right to write, and what signs has
not scanned. GitHub's own token goes to GitHub's registry alone.
"""

from __future__ import annotations

from collections.abc import Iterator

from compiler.derive import Fleet
from compiler.derive.images import Named, built
from compiler.emit.format.json import Object, on_one_line
from compiler.emit.format.json import dump as json
from compiler.emit.format.yaml import dump
from compiler.file import File, Origin
from compiler.model.supply_chain import Key, Keyless, SupplyChain

FOLDERS: tuple[str, ...] = ("sbom",)
_UPLOAD = "actions/upload-artifact@ea165f8d65b6e75b540449e92b4886f43607fa02"  # v4.6.2
_DOWNLOAD = "actions/download-artifact@d3f86a106a0bac45b974a628896c90dbdf5c8093"  # v4.3.0
_DOCKER = 'docker run --rm --volume "$HOME/.docker:/config:ro" --volume "$PWD:/boms"'
_LOGIN = """\
echo "$TOKEN" | docker login "${REPOSITORY%%/*}" --username "$USERNAME" --password-stdin
chmod -R a+rX "$HOME/.docker"
"""
_ASKED = """\
import json, os, re, sys

images = [
  IMAGES
]

def fail(text):
    print(f"::error::{text}")
    sys.exit(1)

only, digest = os.environ["ONLY"], os.environ["DIGEST"]
if digest and not only:
    fail("a digest needs the name of its image")
found = [one for one in images if only in ("", one["name"])]
if not found:
    fail(f"no image is called {only!r}")
known = []
for one in found:
    now = digest or one["digest"]
    if re.fullmatch("sha256:[0-9a-f]{64}", now):
        known.append({**one, "digest": now})
    else:
        print(f"::warning::{one['name']} has no digest, and a tag is no answer")
if not known:
    fail("there is no digest: give one, or have `roster lock` find it")
if len(known) > 256:
    fail("a run can do 256 images: name one")
with open(os.environ["GITHUB_OUTPUT"], "a") as output:
    output.write(f"images={json.dumps(known)}\\n")
"""
_SCAN = f"""\
{_DOCKER} --volume "$RUNNER_TEMP:/tmp" --env DOCKER_CONFIG=/config --user "$(id -u)" \\
  "$SYFT" "registry:$IMAGE" --output cyclonedx-json=/boms/bom.cdx.json
"""
_RUNNER, _OWN = "ubuntu-24.04", "ghcr.io/"
_BOM = "bom-${{ matrix.name }}"
_OLD = "--new-bundle-format=false"
"""What cosign 3 writes by itself is found where a registry lists referrers. GHCR does not: Kyverno
1.18 and 1.19 find nothing there (their issues 16664, 16678 and 17343), and policy-controller looks
for it only where told to. Signatures and attestations that have a tag are found by all of them."""
_FORMAT = f"{_OLD} --use-signing-config=false"


def emit(fleet: Fleet) -> Iterator[File]:
    """`sbom/github-actions.yaml`, and the images as a list for other runners."""
    chain, images = fleet.platform.supplyChain, tuple(built(fleet))
    if chain is None or not images:
        return
    whole = Origin("", fleet.platform_resource, ("supplyChain",))
    rows = (Origin("jobs.asked", it.resource, it.route) for it in images)
    yield File("sbom/github-actions.yaml", dump(_workflow(chain, images)), (whole, *rows))
    listed = {one.name: {"image": str(one.image), "digest": one.image.digest} for one in images}
    rows = (Origin(one.name, one.resource, one.route) for one in images)
    yield File("sbom/images.json", json(listed), (whole, *rows))


def _workflow(chain: SupplyChain, images: tuple[Named, ...]) -> Object:
    only = {"description": "the image, by its name here", "type": "string", "required": False}
    digest = {"description": "its digest: sha256:...", "type": "string", "required": False}
    inputs = {"inputs": {"name": only, "digest": digest}}
    secrets = {name: {"required": True} for name in (*_keys(chain.signer), *_logins(chain))}
    called = {**inputs, **({"secrets": secrets} if secrets else {})}
    return {
        "name": "sbom",
        "on": {"workflow_call": called, "workflow_dispatch": inputs},
        "permissions": {},
        "jobs": {"asked": _asked(images), "scan": _scan(chain), "attest": _attest(chain)},
    }


def _keys(signer: Keyless | Key) -> tuple[str, ...]:
    """The secrets that signing needs."""
    return () if isinstance(signer, Keyless) else ("COSIGN_PRIVATE_KEY", "COSIGN_PASSWORD")


def _logins(chain: SupplyChain) -> tuple[str, ...]:
    """The secrets that a registry needs which is not GitHub's own."""
    foreign = any(not prefix.startswith(_OWN) for prefix in chain.images)
    return ("REGISTRY_USERNAME", "REGISTRY_TOKEN") if foreign else ()


def _asked(images: tuple[Named, ...]) -> Object:
    """Which images are meant, and with which digests: a row for each."""
    rows = (
        {"name": it.name, "repository": it.image.repository, "digest": it.image.digest or ""}
        for it in images
    )
    script = _ASKED.replace("IMAGES", ",\n  ".join(map(on_one_line, rows)))
    given = {"ONLY": "${{ inputs.name }}", "DIGEST": "${{ inputs.digest }}"}
    step = {"name": "which images", "id": "asked", "shell": "python", "env": given, "run": script}
    return {
        "runs-on": _RUNNER,
        "timeout-minutes": 5,
        "outputs": {"images": "${{ steps.asked.outputs.images }}"},
        "steps": [step],
    }


def _job(chain: SupplyChain, permissions: Object, *steps: Object) -> Object:
    """A job for each image, logged in to its registry."""
    own = "startsWith(matrix.repository, 'ghcr.io/') && "
    other = [f" || secrets.{name}" for name in _logins(chain)]
    username, token = (f"{own if other else ''}github.{name}" for name in ("actor", "token"))
    env = {
        "REPOSITORY": "${{ matrix.repository }}",
        "USERNAME": f"${{{{ {username}{other[0] if other else ''} }}}}",
        "TOKEN": f"${{{{ {token}{other[1] if other else ''} }}}}",
    }
    return {
        "runs-on": _RUNNER,
        "timeout-minutes": 30,
        "permissions": permissions,
        "strategy": {
            "fail-fast": False,
            "matrix": {"include": "${{ fromJSON(needs.asked.outputs.images) }}"},
        },
        "env": {"IMAGE": "${{ matrix.repository }}@${{ matrix.digest }}"},
        "steps": [{"name": "log in", "env": env, "run": _LOGIN}, *steps],
    }


def _scan(chain: SupplyChain) -> Object:
    keep = {"name": _BOM, "path": "bom.cdx.json", "if-no-files-found": "error", "overwrite": True}
    return {
        "needs": "asked",
        **_job(
            chain,
            {"packages": "read"},
            {"name": "bill of materials", "env": {"SYFT": str(chain.syft)}, "run": _SCAN},
            {"name": "keep it", "uses": _UPLOAD, "with": keep},
        ),
    }


def _attest(chain: SupplyChain) -> Object:
    """Each image whose scan succeeded; those of others do not wait for one that failed."""
    keyless, cosign = isinstance(chain.signer, Keyless), {"COSIGN": str(chain.cosign)}
    secret = {name: f"${{{{ secrets.{name} }}}}" for name in _keys(chain.signer)}
    return {
        "needs": ["asked", "scan"],
        "if": "${{ !cancelled() && needs.asked.result == 'success' }}",
        **_job(
            chain,
            {"packages": "write", **({"id-token": "write"} if keyless else {})},
            {"name": "fetch it", "uses": _DOWNLOAD, "with": {"name": _BOM}},
            {"name": "sign and attest", "env": cosign | secret, "run": _sign(keyless)},
            {"name": "verify", "env": cosign | _signer(chain.signer), "run": _verify(keyless)},
        ),
    }


def _signer(signer: Keyless | Key) -> Object:
    if isinstance(signer, Keyless):
        return {"ISSUER": signer.issuer, "SUBJECT": signer.subject}
    return {"COSIGN_PUBLIC_KEY": signer.public}


def _sign(keyless: bool) -> str:
    passed = (
        ("ACTIONS_ID_TOKEN_REQUEST_TOKEN", "ACTIONS_ID_TOKEN_REQUEST_URL")
        if keyless
        else ("COSIGN_PRIVATE_KEY", "COSIGN_PASSWORD")
    )
    run, key = _cosign(*passed), "--key env://COSIGN_PRIVATE_KEY --tlog-upload=false"
    how = f"--yes {_FORMAT}" if keyless else f"--yes {_FORMAT} {key}"
    bom = "--type cyclonedx --predicate /boms/bom.cdx.json"
    return f'{run} sign {how} "$IMAGE"\n{run} attest {how} {bom} "$IMAGE"\n'


def _verify(keyless: bool) -> str:
    run = _cosign() if keyless else _cosign("COSIGN_PUBLIC_KEY")
    who = (
        '--certificate-oidc-issuer "$ISSUER" --certificate-identity "$SUBJECT"'
        if keyless
        else "--key env://COSIGN_PUBLIC_KEY --insecure-ignore-tlog=true"
    )
    what = f'{_OLD} {who} "$IMAGE" > /dev/null'
    return f"{run} verify {what}\n{run} verify-attestation --type cyclonedx {what}\n"


def _cosign(*variables: str) -> str:
    passed = "".join(f" --env {name}" for name in variables)
    return f'{_DOCKER} --env DOCKER_CONFIG=/config{passed} "$COSIGN"'
