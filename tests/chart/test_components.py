"""Every component's objects, as they are written; and what holds for all of them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from syrupy.assertion import SnapshotAssertion

from compiler.chart import COMPONENTS
from compiler.emit import File
from tests.chart.estate import COMPONENTS as EVERY
from tests.chart.estate import blocks, compiled, platform

NAMES = (
    "agent-registry",
    "agent-registry-database",
    "alertmanager",
    "context-store",
    "event-bus",
    "grafana",
    "loki",
    "otel-collector",
    "prometheus",
    "workflow-engine",
    "workflow-engine-database",
)


@pytest.fixture(scope="module")
def files() -> tuple[File, ...]:
    result = compiled(*blocks())
    assert result.diagnostics == ()
    return result.files


def of(files: tuple[File, ...], name: str) -> list[File]:
    return [file for file in files if file.path.startswith(f"clusters/prod/platform/{name}/")]


def templates(files: tuple[File, ...]) -> Iterator[tuple[str, dict[str, Any]]]:
    for file in files:
        if "/platform/" in file.path and "template" in (file.object or {}).get("spec", {}):
            assert file.object
            yield file.path, file.object["spec"]["template"]


def test_each_has_its_folder(files: tuple[File, ...]) -> None:
    folders = {file.path.split("/")[3] for file in files if "/prod/platform/" in file.path}
    assert set(NAMES) <= folders
    assert len(NAMES) == len(COMPONENTS)


@pytest.mark.parametrize("name", NAMES)
def test_objects(name: str, files: tuple[File, ...], snapshot: SnapshotAssertion) -> None:
    assert "---\n".join(file.text for file in of(files, name)) == snapshot


def test_a_cluster_changes_sizes_alone() -> None:
    size = "  sizes: {components: {contextStore: {replicas: 1, size: 2Gi}}}\n"
    cluster = CLUSTER + size
    files = compiled(*blocks(cluster)).files
    (store,) = (f.object for f in of(files, "context-store") if "/statefulset" in f.path)
    assert store is not None
    assert store["spec"]["replicas"] == 1
    (claim,) = store["spec"]["volumeClaimTemplates"]
    assert claim["spec"]["resources"]["requests"] == {"storage": "2Gi"}
    paths = {file.path.rpartition("/")[2] for file in of(files, "context-store")}
    assert "poddisruptionbudget.policy-context-store.yaml" not in paths


CLUSTER = """\
apiVersion: roster/v1
kind: Cluster
metadata: {name: prod, owner: platform-team}
spec:
  environment: prod
  server: https://prod.example.com:6443
  kubernetes: "1.36"
  ingressDomain: prod.example.com
  installed: [external-secrets]
"""


def test_pods_are_restricted(files: tuple[File, ...]) -> None:
    """Pod Security's `restricted`, and no token, no writable root, requests and limits."""
    pods = list(templates(files))
    assert len(pods) >= 10
    for path, template in pods:
        spec = template["spec"]
        assert spec["automountServiceAccountToken"] is False, path
        security = spec["securityContext"]
        assert security["runAsNonRoot"], path
        assert security["runAsUser"] > 0, path
        assert security["seccompProfile"] == {"type": "RuntimeDefault"}, path
        for container in spec["containers"]:
            own = container["securityContext"]
            assert own["readOnlyRootFilesystem"], path
            assert own["allowPrivilegeEscalation"] is False, path
            assert own["capabilities"] == {"drop": ["ALL"]}, path
            assert set(container["resources"]) == {"requests", "limits"}, path


def test_no_empty_list_is_applied_again_and_again(files: tuple[File, ...]) -> None:
    """A real API server stores none, so that each sync would write the object again."""
    assert not [file.path for file in files if "/platform/" in file.path and ": []" in file.text]


def test_volumes_stay(files: tuple[File, ...]) -> None:
    sets = [file.object for file in files if "/statefulset.apps-" in file.path]
    assert len(sets) >= 6
    for workload in sets:
        assert workload is not None
        kept = workload["spec"]["persistentVolumeClaimRetentionPolicy"]
        assert kept == {"whenDeleted": "Retain", "whenScaled": "Retain"}
        options = workload["metadata"]["annotations"]["argocd.argoproj.io/sync-options"]
        assert options == "Prune=confirm,Delete=confirm"


def test_agents_know_their_passwords(files: tuple[File, ...]) -> None:
    secret = next(
        f for f in files if f.path.endswith("externalsecret.external-secrets.io-keeper.yaml")
    )
    assert "flashfusion/keeper/context-store" in secret.text
    pod = next(f for f in files if f.path.endswith("deployment.apps-keeper.yaml"))
    assert "flashfusion.keeper" in pod.text


def test_without_components_nothing_is_built() -> None:
    files = compiled(*blocks()[1:]).files
    assert not any(file.path.startswith("clusters/prod/platform/context-store") for file in files)
    assert not any("CONTEXT_STORE_PASSWORD" in file.text for file in files)


def test_capacity_counts_them() -> None:
    large = EVERY.replace("cpu: 100m", "cpu: 900m").replace("cpu: 200m", "cpu: 900m")
    result = compiled(platform(large), *blocks()[1:])
    assert {d.code for d in result.diagnostics} == {"budget-exceeded"}
