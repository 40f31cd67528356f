"""What makes, signs and attests bills of materials: one workflow for GitHub's runners.

The release workflow calls it for each image that it pushed, by name and digest; by hand it does all
images whose digest the specs or the lock hold. The scan has no right to write, and what signs has
not scanned. GitHub's own token goes to GitHub's registry alone.
"""

from __future__ import annotations

from collections.abc import Iterator

from compiler.derive import Fleet
from compiler.derive.images import Named, built
from compiler.emit.format.json import Object
from compiler.emit.format.json import dump as json
from compiler.emit.format.template import render
from compiler.file import File, Origin
from compiler.model.supply_chain import Keyless, SupplyChain

FOLDERS: tuple[str, ...] = ("sbom",)
_GITHUB = "ghcr.io/"


def emit(fleet: Fleet) -> Iterator[File]:
    """`sbom/github-actions.yaml`, and the images as a list for other runners."""
    chain, images = fleet.platform.supplyChain, tuple(built(fleet))
    if chain is None or not images:
        return
    whole = Origin("", fleet.platform_resource, ("supplyChain",))
    rows = (Origin("jobs.asked", named.resource, named.route) for named in images)
    workflow = render(fleet.graph, "sbom/github-actions.yaml.j2", _facts(chain, images))
    yield File("sbom/github-actions.yaml", workflow, (whole, *rows))
    listed = {
        named.name: {"image": str(named.image), "digest": named.image.digest} for named in images
    }
    rows = (Origin(named.name, named.resource, named.route) for named in images)
    yield File("sbom/images.json", json(listed), (whole, *rows))


def _facts(chain: SupplyChain, images: tuple[Named, ...]) -> Object:
    signer, foreign = chain.signer, any(not prefix.startswith(_GITHUB) for prefix in chain.images)
    keyless = isinstance(signer, Keyless)
    keys = () if keyless else ("COSIGN_PRIVATE_KEY", "COSIGN_PASSWORD")
    logins = ("REGISTRY_USERNAME", "REGISTRY_TOKEN") if foreign else ()
    return {
        "images": [
            {
                "name": named.name,
                "repository": named.image.repository,
                "digest": named.image.digest or "",
            }
            for named in images
        ],
        "secrets": [*keys, *logins],
        "foreign": foreign,
        "syft": str(chain.syft),
        "cosign": str(chain.cosign),
        "keyless": keyless,
        "signer": signer,
    }
