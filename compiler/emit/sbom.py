"""The job that makes, signs and attests bills of materials: one workflow for GitHub's runners.

The release workflow calls it for each image that it pushed, by name and digest; by hand it does all
images whose digest the specs hold. The scan has no right to write, and what signs has not scanned.
"""

from __future__ import annotations

from collections.abc import Iterator

from compiler.derive import Fleet
from compiler.derive.images import Named, built
from compiler.emit.file import File, Origin
from compiler.emit.json import dump as json
from compiler.emit.objects import Object
from compiler.emit.yaml import dump
from compiler.model.supply_chain import Key, Keyless, SupplyChain

FOLDERS: tuple[str, ...] = ("sbom",)
_UPLOAD = "actions/upload-artifact@ea165f8d65b6e75b540449e92b4886f43607fa02"  # v4.6.2
_DOWNLOAD = "actions/download-artifact@d3f86a106a0bac45b974a628896c90dbdf5c8093"  # v4.3.0
_DOCKER = 'docker run --rm --volume "$HOME/.docker:/config:ro" --volume "$PWD:/work"'
_LOGIN = """\
echo "$TOKEN" | docker login "${REPOSITORY%%/*}" --username "$GITHUB_ACTOR" --password-stdin
chmod -R a+rX "$HOME/.docker"
"""
_WHICH = """\
if [ -n "$ONLY" ] && [ "$ONLY" != "$NAME" ]; then
  exit 0
fi
if ! [[ "$DIGEST" =~ ^sha256:[0-9a-f]{64}$ ]]; then
  echo "::error::$NAME has no digest: give one, or write it into its spec; a tag is no answer"
  exit 1
fi
echo "image=$REPOSITORY@$DIGEST" >> "$GITHUB_OUTPUT"
"""
_SCAN = f"""\
{_DOCKER} --env DOCKER_CONFIG=/config --user "$(id -u)" \\
  "$SYFT" "registry:$IMAGE" --output cyclonedx-json=/work/bom.cdx.json
"""
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
    rows = (Origin("jobs.scan.strategy.matrix", it.resource, it.route) for it in images)
    yield File("sbom/github-actions.yaml", dump(_workflow(chain, images)), (whole, *rows))
    listed = {one.name: {"image": str(one.image), "digest": one.image.digest} for one in images}
    rows = (Origin(one.name, one.resource, one.route) for one in images)
    yield File("sbom/images.json", json(listed), (whole, *rows))


def _workflow(chain: SupplyChain, images: tuple[Named, ...]) -> Object:
    only = {"description": "the image, by its name here", "type": "string", "required": False}
    digest = {"description": "its digest: sha256:...", "type": "string", "required": False}
    inputs = {"inputs": {"name": only, "digest": digest}}
    return {
        "name": "sbom",
        "on": {"workflow_call": inputs, "workflow_dispatch": inputs},
        "permissions": {},
        "jobs": {"scan": _scan(chain, images), "attest": _attest(chain, images)},
    }


def _job(images: tuple[Named, ...], permissions: Object) -> Object:
    rows = [
        {"name": it.name, "repository": it.image.repository, "digest": it.image.digest or ""}
        for it in images
    ]
    return {
        "runs-on": "ubuntu-24.04",
        "timeout-minutes": 30,
        "permissions": permissions,
        "strategy": {"fail-fast": False, "matrix": {"include": rows}},
        "env": {
            "NAME": "${{ matrix.name }}",
            "ONLY": "${{ inputs.name }}",
            "REPOSITORY": "${{ matrix.repository }}",
            "DIGEST": "${{ inputs.name == matrix.name && inputs.digest || matrix.digest }}",
        },
    }


def _steps(*steps: Object) -> list[Object]:
    """What is done for an image, once it is known to be wanted and which one it is."""
    which = {"name": "which image", "id": "which", "run": _WHICH}
    login = {"name": "log in", "env": {"TOKEN": "${{ github.token }}"}, "run": _LOGIN}
    guard = {"if": "steps.which.outputs.image"}
    return [which, *({**guard, **step} for step in (login, *steps))]


def _bom() -> str:
    return "bom-${{ matrix.name }}"


def _scan(chain: SupplyChain, images: tuple[Named, ...]) -> Object:
    syft = {"SYFT": str(chain.syft), "IMAGE": "${{ steps.which.outputs.image }}"}
    keep = {"name": _bom(), "path": "bom.cdx.json", "if-no-files-found": "error"}
    return {
        **_job(images, {"packages": "read"}),
        "steps": _steps(
            {"name": "bill of materials", "env": syft, "run": _SCAN},
            {"name": "keep it", "uses": _UPLOAD, "with": keep},
        ),
    }


def _attest(chain: SupplyChain, images: tuple[Named, ...]) -> Object:
    keyless = isinstance(chain.signer, Keyless)
    rights = {"packages": "write", **({"id-token": "write"} if keyless else {})}
    env = {"COSIGN": str(chain.cosign), "IMAGE": "${{ steps.which.outputs.image }}"}
    return {
        "needs": "scan",
        **_job(images, rights),
        "steps": _steps(
            {"name": "fetch it", "uses": _DOWNLOAD, "with": {"name": _bom()}},
            {"name": "sign and attest", "env": env | _secrets(chain.signer), "run": _sign(keyless)},
            {"name": "verify", "env": env | _signer(chain.signer), "run": _verify(keyless)},
        ),
    }


def _secrets(signer: Keyless | Key) -> Object:
    if isinstance(signer, Keyless):
        return {}
    names = ("COSIGN_PRIVATE_KEY", "COSIGN_PASSWORD")
    return {name: f"${{{{ secrets.{name} }}}}" for name in names}


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
    bom = "--type cyclonedx --predicate /work/bom.cdx.json"
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
