"""What an image must prove before it runs, and how it is scanned again afterwards."""

from __future__ import annotations

import copy
import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from compiler.emit import File
from compiler.pipeline import compile
from tests import shipped
from tests.crds import CRDS, refused
from tests.estate import TODAY
from tests.layers import Server, documents, sources

ROOT = Path(__file__).parents[1]
DIGEST = "sha256:" + "0123456789abcdef" * 4
KEYLESS = {
    "type": "keyless",
    "issuer": "https://token.actions.githubusercontent.com",
    "subject": "https://github.com/example/agents/.github/workflows/sbom.yaml@refs/heads/main",
}
KEY = {
    "type": "key",
    "public": "-----BEGIN PUBLIC KEY-----\nMFkwEwYHKoZIzj0CAQYI\n-----END PUBLIC KEY-----\n",
}
SIZE = {"cpu": "1", "memory": "1G"}
SCANNER = {"repository": "docker.io/anchore/grype", "tag": "v0.118.0", "digest": DIGEST}
KINDS = {
    "kyverno": ("ImageValidatingPolicy",),
    "sigstore-policy-controller": ("ClusterImagePolicy", "ClusterImagePolicy"),
}
judged = pytest.mark.skipif(
    not CRDS.is_dir(), reason="the operators' CRDs are not in a user's clone"
)


def chain(signer: dict[str, str], **more: object) -> dict[str, object]:
    """`spec.supplyChain` of a platform."""
    tool = {"repository": "ghcr.io/example/tool", "tag": "v1", "digest": DIGEST}
    images = ["ghcr.io/example/", "registry.example.com/agents/"]
    return {"images": images, "signer": signer, "syft": tool, "cosign": tool, **more}


def rescan() -> dict[str, object]:
    return {"image": SCANNER, "resources": {"requests": SIZE, "limits": SIZE}}


def compiled(
    *installed: str,
    signer: dict[str, str] = KEYLESS,
    pinned: tuple[str, ...] = (),
    at: str = "ghcr.io/example/agents",
    **more: object,
) -> list[File]:
    """The files of an estate with two agents on one cluster that has these operators."""
    grants = {("alpha", name, "github"): {"look": "none"} for name in ("dev", "ops")}
    specs = documents({"github": Server(("look",))}, grants, clusters=["direct"])
    for document in specs:
        spec: Any = document["spec"]
        name: Any = document["metadata"]
        if document["kind"] == "Platform":
            spec["supplyChain"] = chain(signer, **more)
        if document["kind"] == "Cluster":
            spec["installed"] += installed
        if document["kind"] == "Agent":
            spec["image"] = {"repository": f"{at}/{name['name']}", "tag": "v1"}
            if name["name"] in pinned:
                spec["image"]["digest"] = DIGEST
    result = compile(sources(specs).values(), today=TODAY)
    assert not result.failed, [diagnostic.message for diagnostic in result.diagnostics]
    return list(result.files)


def objects(files: list[File], *kinds: str) -> list[dict[str, Any]]:
    matching = [file.object for file in files if file.object and file.object["kind"] in kinds]
    return [json.loads(json.dumps(object)) for object in matching]


@pytest.mark.parametrize("operator", KINDS)
def test_a_policy_is_where_its_controller_is_and_nowhere_else(operator: str) -> None:
    both = [kind for names in KINDS.values() for kind in names]
    kinds = [object["kind"] for object in objects(compiled(operator), *both)]
    assert kinds == list(KINDS[operator])
    assert objects(compiled(), *both) == []


def test_namespaces_ask_for_sigstore_only_where_it_is() -> None:
    def asked(*installed: str) -> set[bool]:
        spaces = objects(compiled(*installed), "Namespace")
        assert len(spaces) >= 4
        return {"policy.sigstore.dev/include" in space["metadata"]["labels"] for space in spaces}

    assert asked("sigstore-policy-controller") == {True}
    assert asked("kyverno") == {False}


@judged
@pytest.mark.parametrize("signer", [KEYLESS, KEY], ids=["keyless", "key"])
def test_the_controllers_own_definitions_accept_them(signer: dict[str, str]) -> None:
    policies = objects(
        compiled(*KINDS, signer=signer), "ImageValidatingPolicy", "ClusterImagePolicy"
    )
    assert len(policies) == 3
    assert [fault for object in policies for fault in refused(object)] == []


BREAKS = {
    "ImageValidatingPolicy": ("failurePolicy", "Perhaps", "failurePolicy"),
    "ClusterImagePolicy": ("images", "ghcr.io/**", "images"),
}


@judged
@pytest.mark.parametrize("kind", BREAKS)
def test_those_definitions_can_refuse(kind: str) -> None:
    field, value, place = BREAKS[kind]
    for object in objects(compiled(*KINDS), kind):
        broken = copy.deepcopy(object)
        broken["spec"][field] = value
        assert [where for where, _ in refused(broken)] == [f"spec.{place}"]


@pytest.mark.parametrize("signer", [KEYLESS, KEY], ids=["keyless", "key"])
def test_of_a_policys_authorities_one_is_enough_so_each_has_one(signer: dict[str, str]) -> None:
    """sigstore joins authorities with OR, and policies with AND: so they are two."""
    bom, signature = objects(compiled(*KINDS, signer=signer), "ClusterImagePolicy")
    assert [len(policy["spec"]["authorities"]) for policy in (signature, bom)] == [1, 1]
    assert "attestations" not in signature["spec"]["authorities"][0]
    (attestation,) = bom["spec"]["authorities"][0]["attestations"]
    assert attestation["predicateType"] == "https://cyclonedx.org/bom"
    globs = [{"glob": "ghcr.io/example/**"}, {"glob": "registry.example.com/agents/**"}]
    assert signature["spec"]["images"] == bom["spec"]["images"] == globs


def test_every_kind_of_container_is_looked_at_and_a_failure_denies() -> None:
    (policy,) = objects(compiled("kyverno"), "ImageValidatingPolicy")
    spec = policy["spec"]
    assert (spec["validationActions"], spec["failurePolicy"]) == (["Deny"], "Fail")
    for part in ("containers", "initContainers", "ephemeralContainers"):
        asked = [
            r["expression"] for r in spec["validations"] if f"images.{part}." in r["expression"]
        ]
        assert len(asked) == 3
    (identity,) = spec["attestors"][0]["cosign"]["keyless"]["identities"]
    assert identity == {"issuer": KEYLESS["issuer"], "subject": KEYLESS["subject"]}


def test_only_an_image_with_a_digest_is_scanned() -> None:
    jobs = objects(compiled(pinned=("dev",), rescan=rescan()), "CronJob")
    scans = {job["metadata"]["name"] for job in jobs if job["metadata"]["name"].startswith("scan")}
    assert scans == {"scan-agent-dev", "scan-mcp-server-github"}
    without = objects(compiled(pinned=("dev",)), "CronJob")
    assert [job["metadata"]["name"] for job in without if "scan" in job["metadata"]["name"]] == []


def test_a_scan_has_no_token_no_secret_and_reaches_public_addresses_only() -> None:
    files = compiled(pinned=("dev",), rescan=rescan())
    (scan,) = [o for o in objects(files, "CronJob") if o["metadata"]["name"] == "scan-agent-dev"]
    pod = scan["spec"]["jobTemplate"]["spec"]["template"]["spec"]
    (main,) = pod["containers"]
    assert pod["automountServiceAccountToken"] is False
    assert "secret" not in json.dumps(pod).lower()
    assert main["args"][0] == f"registry:ghcr.io/example/agents/dev@{DIGEST}"
    assert main["image"].endswith(DIGEST)
    (policy,) = [
        o for o in objects(files, "NetworkPolicy") if o["metadata"]["name"] == "image-scan"
    ]
    ((rule),) = policy["spec"]["egress"]
    assert [peer["ipBlock"]["cidr"] for peer in rule["to"]] == ["0.0.0.0/0"]
    assert "10.0.0.0/8" in rule["to"][0]["ipBlock"]["except"]


def test_only_scans_of_a_private_registry_have_its_login() -> None:
    password = {"name": "REGISTRY_PASSWORD", "key": "registry/reader", "property": "token"}
    login = {"registry": "ghcr.io", "username": "reader", "password": password}
    files = compiled(pinned=("dev",), rescan={**rescan(), "login": login})
    (secret,) = [
        o for o in objects(files, "ExternalSecret") if o["metadata"]["name"] == "image-scan"
    ]
    (value,) = secret["spec"]["data"]
    assert value["remoteRef"] == {"key": "registry/reader", "property": "token"}
    scans = {scan["metadata"]["name"]: json.dumps(scan) for scan in objects(files, "CronJob")}
    assert "GRYPE_REGISTRY_AUTH_PASSWORD" in scans["scan-agent-dev"]
    elsewhere = {**login, "registry": "ghcr.io.example.com"}
    files = compiled(pinned=("dev",), rescan={**rescan(), "login": elsewhere})
    assert not any("GRYPE_REGISTRY_AUTH" in json.dumps(scan) for scan in objects(files, "CronJob"))


def workflow(files: list[File]) -> dict[str, Any]:
    (file,) = [file for file in files if file.path == "sbom/github-actions.yaml"]
    return dict(yaml.safe_load(file.text))


def test_the_workflow_has_each_of_our_images() -> None:
    files = compiled(pinned=("dev",))
    (step,) = workflow(files)["jobs"]["asked"]["steps"]
    rows = [
        json.loads(line.rstrip(",")) for line in step["run"].splitlines() if '{"name": ' in line
    ]
    assert [(row["name"], row["digest"]) for row in rows] == [
        ("agent-dev", DIGEST),
        ("agent-ops", ""),
        ("mcp-server-github", DIGEST),
    ]
    (listed,) = [file for file in files if file.path == "sbom/images.json"]
    assert json.loads(listed.text)["agent-ops"] == {
        "image": "ghcr.io/example/agents/ops:v1",
        "digest": None,
    }


def test_whatever_needs_a_signature_gets_one() -> None:
    """Of the repository's own estate: each image in a cluster that the policies are about."""
    files = list(shipped.files())
    (policy, *_) = objects(files, "ImageValidatingPolicy")
    (prefix,) = [
        reference["glob"].removesuffix("**") for reference in policy["spec"]["matchImageReferences"]
    ]
    pods = objects(files, "Deployment", "StatefulSet", "DaemonSet", "CronJob")
    text = json.dumps(pods)
    asked = {image.partition(":")[0] for image in re.findall(rf'"image": "({prefix}[^"@]+)', text)}
    (listed,) = [file for file in files if file.path == "sbom/images.json"]
    signed = {row["image"].partition(":")[0] for row in json.loads(listed.text).values()}
    assert len(asked) > 20
    assert asked - signed == set()


def test_a_scan_may_not_write_and_only_a_key_needs_a_secret() -> None:
    keyless, key = (workflow(compiled(signer=signer)) for signer in (KEYLESS, KEY))
    for each in (keyless, key):
        assert each["permissions"] == {}
        assert each["jobs"]["scan"]["permissions"] == {"packages": "read"}
    assert keyless["jobs"]["attest"]["permissions"]["id-token"] == "write"
    assert "id-token" not in key["jobs"]["attest"]["permissions"]
    assert "secrets.COSIGN" not in json.dumps(keyless)
    assert "secrets.COSIGN_PRIVATE_KEY" in json.dumps(key)
    assert "COSIGN_PASSWORD" in key["on"]["workflow_call"]["secrets"]


def test_githubs_token_goes_to_githubs_registry_alone() -> None:
    """The estate's images may be in another registry too."""
    mixed = workflow(compiled())
    for job in ("scan", "attest"):
        env = mixed["jobs"][job]["steps"][0]["env"]
        condition = "startsWith(matrix.repository, 'ghcr.io/') && github.token"
        assert env["TOKEN"] == f"${{{{ {condition} || secrets.REGISTRY_TOKEN }}}}"
    assert "REGISTRY_TOKEN" in mixed["on"]["workflow_call"]["secrets"]
    own = workflow(compiled(images=["ghcr.io/example/"]))
    assert own["jobs"]["attest"]["steps"][0]["env"]["TOKEN"] == "${{ github.token }}"
    assert "secrets" not in own["on"]["workflow_call"]


def test_one_login_serves_one_registry() -> None:
    with pytest.raises(AssertionError, match="may lie in"):
        compiled(images=["ghcr.io/a/", "registry.example.com/a/", "quay.io/a/"])


@pytest.mark.parametrize("ref", ["${{toJSON(secrets)}}", "main*", "a b"])
def test_a_subject_is_exactly_one(ref: str) -> None:
    subject = KEYLESS["subject"].replace("main", ref)
    with pytest.raises(AssertionError, match="subject"):
        compiled(signer={**KEYLESS, "subject": subject})


def test_a_scan_reaches_its_images_registry() -> None:
    files = compiled(pinned=("dev",), rescan=rescan(), at="registry.example.com:5000/a")
    (policy,) = [
        o for o in objects(files, "NetworkPolicy") if o["metadata"]["name"] == "image-scan"
    ]
    assert [port["port"] for port in policy["spec"]["egress"][0]["ports"]] == [443, 5000]


def test_without_a_supply_chain_nothing_of_it_is_emitted() -> None:
    specs = documents({"github": Server(("look",))}, {("alpha", "dev", "github"): {"look": "none"}})
    files = compile(sources(specs).values(), today=TODAY).files
    assert [file.path for file in files if file.path.startswith("sbom/")] == []
    assert [f.path for f in files if "image-scan" in f.path or "image-signatures" in f.path] == []
