"""The cluster of all tests: a control plane that they start, or that of ROSTER_KUBECONFIG."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.cluster import argocd, control_plane, crds, githost, metrics, nodes, repository
from tests.cluster.api import Api
from tests.cluster.argocd import ArgoCd
from tests.cluster.binaries import RUNNING, MissingError, missing_tools
from tests.cluster.borrowed import Borrowed
from tests.cluster.control_plane import ControlPlane
from tests.cluster.emitted import Emitted, read
from tests.cluster.processes import Processes, StartError
from tests.cluster.report import Report
from tests.cluster.repository import ROOT, Repository

ORDER = (
    "test_yaml",
    "test_semantics_against_server",
    "test_dry_run",
    "test_access",
    "test_policies",
    "test_transition",
    "test_argocd",
)
"""Argo CD comes last: the other tests need an empty cluster."""
OURS = ("test_argocd", "test_yaml")
"""Tests that need programs which are built only for the tests' own cluster."""
CLUSTER = "prod"
REPORT = Report()
RUNNING_NOW: list[Processes] = []


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Put the tests in order; in a user's cluster run only those that remove what they create."""
    places = {name: place for place, name in enumerate(ORDER)}
    items.sort(key=lambda item: places.get(item.path.stem, -1))
    if os.environ.get("ROSTER_KUBECONFIG"):
        ours = [item for item in items if item.path.stem in OURS]
        items[:] = [item for item in items if item not in ours]
        config.hook.pytest_deselected(items=ours)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print what was measured."""
    terminalreporter.section("time and memory")
    processes = [process for group in RUNNING_NOW for process in group.running]
    for line in REPORT.lines(processes):
        terminalreporter.write_line(line)


@dataclass
class Cluster:
    """A cluster to test against, with its control plane if the tests started it."""

    api: Api
    processes: Processes
    plane: ControlPlane | None

    @property
    def ours(self) -> ControlPlane:
        """Our own control plane."""
        assert self.plane is not None, "this test needs a control plane of its own"
        return self.plane


@pytest.fixture(scope="session")
def report() -> Report:
    return REPORT


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    """A cluster; the programs that were started for it are stopped after the tests."""
    folder = Path(tempfile.mkdtemp(prefix="roster-rig-"))
    processes = Processes(folder)
    RUNNING_NOW.append(processes)
    try:
        yield _cluster(processes)
    except (MissingError, StartError) as problem:
        pytest.exit(str(problem), returncode=2)
    finally:
        processes.stop()
        shutil.rmtree(folder, ignore_errors=True)


def _cluster(processes: Processes) -> Cluster:
    existing = os.environ.get("ROSTER_KUBECONFIG")
    if existing:
        kubectl = shutil.which("kubectl")
        if kubectl is None:
            raise MissingError("the cluster of ROSTER_KUBECONFIG needs kubectl, which is not there")
        kubeconfig = Path(existing).resolve()
        return Cluster(control_plane.proxy(processes, [kubectl], kubeconfig), processes, None)
    if needs := missing_tools(RUNNING):
        raise MissingError("\n".join(f"make accept-cluster needs {need}" for need in needs))
    with REPORT.step("control plane"):
        plane = control_plane.start(processes)
    return Cluster(plane.api, processes, plane)


@pytest.fixture(scope="session")
def every() -> dict[str, list[Emitted]]:
    """The emitted objects of each cluster."""
    folders = sorted((ROOT / "generated" / "clusters").iterdir())
    return {folder.name: read(folder) for folder in folders}


@pytest.fixture(scope="session")
def definitions(cluster: Cluster, every: dict[str, list[Emitted]]) -> list[str]:
    """Install the definitions of all emitted kinds; returns the kinds that have none.

    Nothing is installed in a user's cluster.
    """
    kinds = {item.kind for items in every.values() for item in items} | set(argocd.KINDS)
    if cluster.plane is None:
        cluster.api.discover()
        return []
    with REPORT.step("definitions of custom resources"):
        unknown = crds.install(cluster.api, kinds)
    REPORT.remarks += [f"{kind}: no definition, so its objects were not judged" for kind in unknown]
    return unknown


@pytest.fixture(scope="session")
def standing(
    cluster: Cluster, every: dict[str, list[Emitted]], definitions: list[str]
) -> Iterator[Borrowed]:
    """The namespaces, accounts, rights and policies of a cluster, until they are released."""
    kinds = {
        "Namespace": 0,
        "ServiceAccount": 1,
        "Role": 2,
        "ClusterRole": 2,
        "RoleBinding": 3,
        "ClusterRoleBinding": 3,
        "ValidatingAdmissionPolicy": 4,
        "ValidatingAdmissionPolicyBinding": 5,
    }
    objects = [item.object for item in every[CLUSTER] if item.object["kind"] in kinds]
    borrowed = Borrowed(cluster.api)
    try:
        with REPORT.step("namespaces, accounts, rights, policies", f"{len(objects)} objects"):
            borrowed.add(_spaces(every))
            for stage in sorted(set(kinds.values())):
                borrowed.add(object for object in objects if kinds[object["kind"]] == stage)
        yield borrowed
    finally:
        borrowed.release()


def _spaces(every: dict[str, list[Emitted]]) -> Iterator[dict[str, object]]:
    """Each namespace that an object lies in: as it is emitted, or without any settings."""
    objects = [item.object for items in every.values() for item in items]
    emitted = {o["metadata"]["name"]: o for o in objects if o["kind"] == "Namespace"}
    names = {object["metadata"].get("namespace", "default") for object in objects}
    for name in sorted(names | emitted.keys()):
        bare = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}}
        yield emitted.get(name, bare)


@dataclass
class Delivery:
    """Argo CD at work on a git repository."""

    argocd: ArgoCd
    repository: Repository
    api: Api


@pytest.fixture(scope="session")
def delivery(cluster: Cluster, standing: Borrowed, report: Report) -> Iterator[Delivery]:
    """A cluster with nodes and Argo CD, after what an administrator applies once."""
    standing.release()
    plane, processes = cluster.ours, cluster.processes
    with githost.serve(processes.folder) as url:
        with report.step("generate, and commit to git"):
            specs = repository.create(processes.folder, f"{url}/origin.git", CLUSTER, plane.server)
            specs.commit("everything")
        nodes.start(processes, plane, read(specs.clusters / CLUSTER))
        with metrics.serve(plane):
            argocd.install(plane, CLUSTER)
            for item in bootstrap(specs.clusters / CLUSTER):
                cluster.api.must(item.object)
            yield Delivery(argocd.start(processes, plane), specs, cluster.api)


def bootstrap(folder: Path) -> list[Emitted]:
    """What an administrator applies: rights, settings, the root Application and its AppProject."""
    root = f"{folder.name}.root"
    delivered = read(folder / "argocd")
    return [
        *read(folder / "bootstrap"),
        *(item for item in delivered if item.object["metadata"]["name"] == root),
    ]
