"""Checkov, an independent scanner, finds nothing in the emitted Kubernetes objects."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.admit_policies.cases import bad, good

ROOT = Path(__file__).parents[2]
CHECKOV = ROOT / ".venv" / "checkov" / "bin" / "checkov"
CONFIG = Path(__file__).parent / "checkov" / "config.yaml"
CLUSTERS = ROOT / "generated" / "clusters"


def judged(folder: Path) -> dict[str, Any]:
    """Checkov's report on a folder, without its network."""
    assert CHECKOV.exists(), "run `make accept`: it installs Checkov into .venv/checkov"
    command = [CHECKOV, "--config-file", CONFIG, "--directory", folder, "--output", "json"]
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    assert ran.returncode in (0, 1), ran.stderr
    report = json.loads(ran.stdout)
    assert isinstance(report, dict), report
    return report


def failures(report: dict[str, Any]) -> set[tuple[str, str]]:
    return {(c["check_id"], c["resource"]) for c in report["results"]["failed_checks"]}


def pod(object: dict[str, Any]) -> dict[str, Any]:
    spec = object["spec"].get("jobTemplate", object)["spec"]
    return dict(spec["template"]["spec"])


def reads_the_api(object: dict[str, Any], cluster: Path) -> bool:
    """Its specs grant the tools of this server rights on the Kubernetes API."""
    meta = object["metadata"]
    bindings = [read(path) for path in cluster.rglob("rolebinding.*.yaml")]
    subjects = [subject for binding in bindings for subject in binding["subjects"]]
    account = {"kind": "ServiceAccount", "name": meta["name"], "namespace": meta["namespace"]}
    return account in [{key: s.get(key) for key in account} for s in subjects]


def has_third_party_images(object: dict[str, Any], cluster: Path) -> bool:
    """Third-party images run as the user that they were built with; ours run as 65532."""
    images = [container["image"] for container in pod(object)["containers"]]
    return all(image.startswith("docker.io/") for image in images)


def lacks_probes_only_without_ports(object: dict[str, Any], cluster: Path) -> bool:
    """A container without a port cannot be probed."""
    bare = [
        c for c in pod(object)["containers"] if not c.keys() >= {"livenessProbe", "readinessProbe"}
    ]
    return not any("ports" in container for container in bare)


def syncs_roles(object: dict[str, Any], cluster: Path) -> bool:
    """The Role with which Argo CD syncs all Roles; an administrator applies it."""
    return bool(object["metadata"]["name"] == "argocd-sync")


EXCUSES = {
    "CKV_K8S_38": reads_the_api,  # Service Account Tokens are only mounted where necessary
    "CKV_K8S_40": has_third_party_images,  # Containers should run as a high UID
    "CKV_K8S_8": lacks_probes_only_without_ports,  # Liveness Probe Should be Configured
    "CKV_K8S_9": lacks_probes_only_without_ports,  # Readiness Probe Should be Configured
    "CKV_K8S_158": syncs_roles,  # Roles that grant permissions to escalate
}
"""By check, whether it may fail for an object."""


def read(path: Path) -> dict[str, Any]:
    return dict(yaml.load(path.read_text(encoding="utf-8"), yaml.CSafeLoader))


@pytest.mark.parametrize("cluster", sorted(CLUSTERS.iterdir()), ids=lambda path: path.name)
def test_it_finds_nothing(cluster: Path) -> None:
    report = judged(cluster)
    assert report["summary"]["parsing_errors"] == 0
    assert report["summary"]["passed"] > 4000
    for failed in report["results"]["failed_checks"]:
        check, object = failed["check_id"], read(Path(failed["file_abs_path"]))
        assert check in EXCUSES, failed
        assert EXCUSES[check](object, cluster), failed


SEEN = {
    "hostNetwork, hostPID and hostIPC must be false": "CKV_K8S_19",
    "a container must have no hostPort": "CKV_K8S_26",
    "a container must not be privileged": "CKV_K8S_16",
    "a container must set allowPrivilegeEscalation to false": "CKV_K8S_20",
    "a container must drop ALL capabilities": "CKV_K8S_37",
    "a container must run as non-root": "CKV_K8S_23",
    "the seccompProfile of a container or its pod must be": "CKV_K8S_31",
    "containers without requests and limits of cpu and memory: main": "CKV_K8S_11",
    "a pod must say whether it mounts the token of its ServiceAccount": "CKV_K8S_38",
    "a Role must not use wildcards": "CKV_K8S_49",
}
"""Messages of our policies, and the check that forbids the same."""


def test_it_reports_what_our_policies_deny(tmp_path: Path) -> None:
    """That Checkov finds nothing in our objects means something: it reports the bad ones."""
    write(tmp_path, good()["Deployment"], "good")
    checks = {check for check, _ in failures(judged(tmp_path))}
    assert checks.isdisjoint(SEEN.values())
    names: dict[str, str] = {}
    for number, case in enumerate(bad()):
        if case.object["kind"] in ("Deployment", "Role") and case.says in SEEN.keys() - names:
            names[case.says] = f"bad-{number}"
            write(tmp_path, case.object, f"bad-{number}")
    assert names.keys() == SEEN.keys()
    failed = {(check, path.rpartition(".")[2]) for check, path in failures(judged(tmp_path))}
    assert [says for says, name in names.items() if (SEEN[says], name) not in failed] == []


def write(folder: Path, object: dict[str, Any], name: str) -> None:
    renamed = {**object, "metadata": {**object["metadata"], "name": name}}
    (folder / f"{name}.yaml").write_text(yaml.safe_dump(renamed), encoding="utf-8")
