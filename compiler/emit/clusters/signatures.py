"""Image signature policies: our images run only with a signature and a bill of materials.

Kyverno's ImageValidatingPolicy (policies.kyverno.io/v1) and sigstore's ClusterImagePolicy
(policy.sigstore.dev/v1beta1), each in the clusters that have its controller. Kyverno's own
`ClusterPolicy` with `verifyImages` is deprecated since 1.17.
"""

from __future__ import annotations

from collections.abc import Iterator

from compiler.derive import Fleet
from compiler.derive.images import KYVERNO, SIGSTORE
from compiler.emit.format.json import Object
from compiler.emit.format.kubernetes import labels
from compiler.emit.format.kubernetes.objects import custom, file
from compiler.file import File, Origin
from compiler.model import Cluster
from compiler.model.supply_chain import Key, Keyless, SupplyChain

FOLDERS: tuple[str, ...] = ("clusters",)
NAME = "roster-image-signatures"
BOM = "https://cyclonedx.org/bom"
_SIGSTORE = "policy.sigstore.dev/v1beta1"
FULCIO, REKOR = "https://fulcio.sigstore.dev", "https://rekor.sigstore.dev"
_CONTAINERS = ("containers", "initContainers", "ephemeralContainers")
"""Each by itself: `images.containers` does not hold the others."""


def emit(fleet: Fleet) -> Iterator[File]:
    """The policy of each controller that a cluster has."""
    chain, platform = fleet.platform.supplyChain, fleet.platform_resource
    if chain is None:
        return
    policies = [
        (KYVERNO, "policies.kyverno.io/v1", "ImageValidatingPolicy", NAME, _kyverno(chain)),
        *(
            (SIGSTORE, _SIGSTORE, "ClusterImagePolicy", name, spec)
            for name, spec in _sigstore(chain)
        ),
    ]
    whole = Origin("", platform, ("supplyChain",))
    signer = Origin("spec", platform, ("supplyChain", "signer"))
    for cluster in fleet.graph.all(Cluster):
        for operator, version, kind, name, spec in policies:
            if operator in cluster.spec.installed:
                where = f"clusters/{cluster.name}/platform/image-signatures"
                own = {"name": name, "labels": labels.MANAGED}
                yield file(where, cluster, custom(version, kind, own, spec), whole, signer)


def _globs(chain: SupplyChain) -> list[Object]:
    return [{"glob": f"{prefix}**"} for prefix in chain.images]


def _kyverno(chain: SupplyChain) -> Object:
    """Tags become digests in pods, where a digest is required.

    It names two resources, so Kyverno does not do the same in Deployments, where Argo CD would undo
    it (Kyverno 1.19, `CanAutoGen`). Images that others build need no signature.
    """
    return {
        "validationActions": ["Deny"],
        "failurePolicy": "Fail",
        "webhookConfiguration": {"timeoutSeconds": 15},
        "matchConstraints": {
            "resourceRules": [
                {
                    "apiGroups": [""],
                    "apiVersions": ["v1"],
                    "operations": ["CREATE", "UPDATE"],
                    "resources": ["pods", "pods/ephemeralcontainers"],
                }
            ]
        },
        "matchImageReferences": _globs(chain),
        "validationConfigurations": {"required": True, "verifyDigest": True, "mutateDigest": True},
        "attestors": [{"name": "ours", "cosign": _attestor(chain.signer)}],
        "attestations": [{"name": "bom", "intoto": {"type": BOM}}],
        "validations": [rule for part in _CONTAINERS for rule in _rules(part)],
    }


def _attestor(signer: Keyless | Key) -> Object:
    """The signer: exactly one subject, as Kyverno once ignored patterns (CVE-2025-29778)."""
    if isinstance(signer, Key):
        return {"key": {"data": signer.public}, "ctlog": {"insecureIgnoreTlog": True}}
    identity = {"issuer": signer.issuer, "subject": signer.subject}
    return {"keyless": {"identities": [identity]}, "ctlog": {"url": REKOR}}


def _rules(part: str) -> Iterator[Object]:
    images = f"images.{part}"
    signed = "verifyImageSignatures(image, [attestors.ours]) > 0"
    attested = "verifyAttestationSignatures(image, attestations.bom, [attestors.ours]) > 0"
    form = "extractPayload(image, attestations.bom).bomFormat == 'CycloneDX'"
    for test, lacking in (
        (signed, "a signature of the release workflow"),
        (attested, "a signed bill of materials"),
        (form, "a bill of materials in CycloneDX"),
    ):
        message = f"an image of {part} lacks {lacking}"
        yield {"expression": f"{images}.map(image, {test}).all(e, e)", "message": message}


def _sigstore(chain: SupplyChain) -> Iterator[tuple[str, Object]]:
    """One policy for the signature, and one for the bill of materials.

    Of a policy's authorities one is enough, and one with attestations asks for these alone; of
    several policies all must agree (sigstore policy-controller, admission).
    """
    attestation = {
        "name": "bom",
        "predicateType": BOM,
        "policy": {"type": "cue", "data": f'predicateType: "{BOM}"\n'},
    }
    authority = {"name": "ours", **_authority(chain.signer)}
    images = {"mode": "enforce", "images": _globs(chain)}
    yield NAME, {**images, "authorities": [authority]}
    yield (
        "roster-image-boms",
        {**images, "authorities": [{**authority, "attestations": [attestation]}]},
    )


def _authority(signer: Keyless | Key) -> Object:
    if isinstance(signer, Key):
        return {"key": {"data": signer.public}}
    identity = {"issuer": signer.issuer, "subject": signer.subject}
    keyless = {"url": FULCIO, "identities": [identity]}
    return {"keyless": keyless, "ctlog": {"url": REKOR}}
