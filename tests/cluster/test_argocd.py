"""Argo CD syncs all generated objects within its AppProjects, and removes deleted ones."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import pytest
import yaml

from tests.cluster.api import Answer, pooled
from tests.cluster.argocd import APPROVED
from tests.cluster.conftest import CLUSTER, Delivery
from tests.cluster.emitted import Emitted, Identity, read
from tests.cluster.processes import eventually
from tests.cluster.report import Report

PATIENCE = 900.0
ASK_AGAIN = 10.0
"""Seconds."""
LEAVING = "project-nexus"
"""The project that is removed: nothing but its own folder names it."""
ROOT = f"{CLUSTER}.root"
VOLATILE = ("resourceVersion", "managedFields", "generation")
POLICY = "ValidatingAdmissionPolicy"
CONFIRM = "waiting for pruning confirmation"


def brought(delivery: Delivery) -> dict[Identity, Emitted]:
    """The objects that Argo CD syncs from git; an administrator applies those of `bootstrap/`."""
    folder = delivery.repository.clusters / CLUSTER
    manual = folder / "bootstrap"
    return {item.identity: item for item in read(folder) if manual not in item.path.parents}


def until(delivery: Delivery, commit: str, holds: Callable[[], bool]) -> bool:
    """Whether a condition that needs all Applications synced to a commit becomes true in time.

    An Application that is compared with an earlier commit can miss the new one until Argo CD's next
    resync, so those that are not synced are refreshed again and again.
    """
    asked = time.monotonic()

    def held() -> bool:
        nonlocal asked
        if holds():
            return True
        if time.monotonic() - asked > ASK_AGAIN:
            delivery.argocd.refresh(delivery.argocd.unsettled(commit))
            asked = time.monotonic()
        return False

    return eventually(held, PATIENCE, pause=2)


def settle(delivery: Delivery, commit: str, applications: int) -> None:
    """Wait until there are so many Applications, all synced to a commit and healthy."""

    def settled() -> bool:
        unsettled = delivery.argocd.unsettled(commit)
        return not unsettled and len(delivery.argocd.applications()) == applications

    if not until(delivery, commit, settled):
        unsettled = delivery.argocd.unsettled(commit)
        some = {name: delivery.argocd.explain(name) for name in list(unsettled)[:5]}
        raise AssertionError(f"{len(unsettled)} Applications do not settle: {unsettled}\n{some}")


def pushed(delivery: Delivery, message: str) -> str:
    """Commit and push, and refresh all Applications, as a webhook does."""
    commit = delivery.repository.commit(message)
    delivery.argocd.refresh(delivery.argocd.applications())
    return commit


def expected_applications(delivery: Delivery) -> int:
    return sum(item.object["kind"] == "Application" for item in brought(delivery).values())


@pytest.fixture(scope="module")
def synced(delivery: Delivery, report: Report) -> Delivery:
    """Everything is synced for the first time."""
    count = expected_applications(delivery)
    with report.step(
        "first sync of all", f"{count} Applications, {len(brought(delivery))} objects"
    ):
        settle(delivery, delivery.repository.head(), count)
    return delivery


def test_argocd_brings_every_object_and_no_other(synced: Delivery, report: Report) -> None:
    applications = synced.argocd.applications().values()
    objects = [tracked(r) for item in applications for r in item["status"]["resources"]]
    assert len(objects) == len(set(objects))
    assert set(objects) == set(brought(synced))
    pods = synced.api.list("v1", "Pod")
    assert {pod["status"]["phase"] for pod in pods} <= {"Running", "Succeeded"}
    report.remarks.append(f"{len(objects)} objects synced and healthy, {len(pods)} pods run")


def tracked(resource: dict[str, Any]) -> Identity:
    """The identity of a resource in an Application's status."""
    parts = ("group", "kind", "namespace", "name")
    group, kind, namespace, name = (resource.get(part, "") for part in parts)
    return group, kind, namespace, name


def test_applying_it_again_would_change_nothing(synced: Delivery) -> None:
    """A dry run with Argo CD's field manager gives the object as it is in the cluster."""

    def differs(item: Emitted) -> bool:
        current = synced.api.get(item.object)
        again = synced.api.apply(
            item.object, item.text, dryRun="All", fieldManager="argocd-controller"
        )
        return settled_part(current) != settled_part(again)

    objects = list(brought(synced).values())
    results = zip(objects, pooled(differs, objects), strict=True)
    different = [item for item, is_different in results if is_different]
    assert [item.identity for item in different if differs(item)] == []


def settled_part(answer: Answer) -> dict[str, Any]:
    """An object without what reading it changes and what controllers write."""
    assert answer.ok, answer.message
    body = {key: value for key, value in answer.body.items() if key not in ("status", "operation")}
    meta = {key: value for key, value in body["metadata"].items() if key not in VOLATILE}
    notes = {k: v for k, v in meta.get("annotations", {}).items() if "argocd.argoproj.io" not in k}
    return {**body, "metadata": {**meta, "annotations": notes}}


def test_a_second_sync_changes_nothing(synced: Delivery, report: Report) -> None:
    objects = [item for item in brought(synced).values() if item.kind[1] != "Application"]
    before = versions(synced, objects)
    commit = synced.repository.head()
    with report.step("second sync of all"):
        begun = datetime.now(UTC).replace(microsecond=0)
        for name in synced.argocd.applications():
            synced.argocd.sync(name, commit)

        def done() -> bool:
            return all(
                finished(item, begun) for item in synced.argocd.applications().values()
            ) and not synced.argocd.unsettled(commit)

        assert until(synced, commit, done), synced.argocd.unsettled(commit)
    after = versions(synced, objects)
    assert {key: (before[key], after[key]) for key in before if before[key] != after[key]} == {}


def finished(application: dict[str, Any], since: datetime) -> bool:
    """Whether an Application's last sync began after a time, and is over."""
    state = application["status"].get("operationState", {})
    begun = datetime.fromisoformat(state.get("startedAt", "1970-01-01T00:00:00Z"))
    return "operation" not in application and state.get("phase") == "Succeeded" and begun >= since


def versions(delivery: Delivery, objects: list[Emitted]) -> dict[Identity, str]:
    """The resource version of each object; of a policy, the generation.

    The server's controller writes the status of a policy, and the next apply then changes who owns
    which field, but no content.
    """
    answers = pooled(lambda item: delivery.api.get(item.object), objects)
    return {
        item.identity: str(
            answer.body["metadata"]["generation" if item.kind[1] == POLICY else "resourceVersion"]
        )
        for item, answer in zip(objects, answers, strict=True)
    }


@contextmanager
def intruder(delivery: Delivery, project: str, object: dict[str, Any]) -> Iterator[str]:
    """Commit an object into a project's folder; gives the name of the Application."""
    folder = min((delivery.repository.clusters / CLUSTER / "projects" / project).glob("agent-*"))
    path = folder / "intruder.yaml"
    path.write_text(yaml.safe_dump(object))
    pushed(delivery, "an intruder")
    name = f"{CLUSTER}.{project}.{folder.name}"
    try:
        yield name
    finally:
        path.unlink()
        eventually(lambda: delivery.argocd.terminated(name), 300, pause=3)
        settle(delivery, pushed(delivery, "no intruder"), expected_applications(delivery))


FOREIGN = [
    pytest.param(
        {
            "apiVersion": "v1",
            "kind": "ConfigMap",
            "metadata": {"name": "intruder", "namespace": "harvestflow-agents"},
        },
        "namespace harvestflow-agents is not permitted in project 'prod.flashfusion'",
        id="namespace",
    ),
    pytest.param(
        {
            "apiVersion": "batch/v1",
            "kind": "Job",
            "metadata": {"name": "intruder", "namespace": "flashfusion-agents"},
            "spec": {
                "template": {
                    "spec": {
                        "restartPolicy": "Never",
                        "containers": [{"name": "main", "image": "intruder"}],
                    }
                }
            },
        },
        "resource batch:Job is not permitted in project prod.flashfusion",
        id="kind",
    ),
    pytest.param(
        {
            "apiVersion": "rbac.authorization.k8s.io/v1",
            "kind": "ClusterRole",
            "metadata": {"name": "intruder"},
            "rules": [],
        },
        "ClusterRole is not permitted in project prod.flashfusion",
        id="kind of the cluster",
    ),
]


@pytest.mark.parametrize(("object", "says"), FOREIGN)
def test_an_appproject_refuses_what_is_not_its_own(
    object: dict[str, Any], says: str, synced: Delivery, report: Report
) -> None:
    with (
        report.step(f"an intruder: {object['kind']}"),
        intruder(synced, "flashfusion", object) as name,
    ):
        refused = eventually(lambda: says in synced.argocd.explain(name), PATIENCE)
        assert refused, synced.argocd.explain(name)
        assert synced.api.get(object).status == 404


def test_the_last_of_a_kind_is_removed_after_its_rights_are_gone(
    synced: Delivery, report: Report
) -> None:
    """A server loses its volume: its namespace keeps no StatefulSet, nor the right to sync one."""
    before = brought(synced)
    spec = synced.repository.tree / "specs/mcp-servers/trivy.yaml"
    text = spec.read_text()
    stored = next(line for line in text.splitlines(keepends=True) if "  storage:" in line)
    spec.write_text(text.replace(stored, ""))
    synced.repository.generate()
    after = brought(synced)
    leaving = {key: item for key, item in before.items() if key not in after}
    assert {key[1] for key in leaving} == {"StatefulSet", "Service"}
    with report.step("the last StatefulSet of a namespace leaves"):
        commit = pushed(synced, "trivy without a volume")
        until(synced, commit, lambda: confirmed(synced) and not alive(synced, leaving))
        assert alive(synced, leaving) == set()
        settle(synced, commit, expected_applications(synced))


def test_a_project_that_leaves_takes_just_its_objects_along(
    synced: Delivery, report: Report
) -> None:
    before = brought(synced)
    shutil.rmtree(synced.repository.tree / "projects" / LEAVING)
    synced.repository.generate()
    after = brought(synced)
    leaving = {key: item for key, item in before.items() if key not in after}
    assert {key[1] for key in leaving} >= {"Namespace", "AppProject", "Application", "Deployment"}
    assert not after.keys() - before.keys()
    with report.step(f"{LEAVING} leaves", f"{len(leaving)} objects"):
        commit = pushed(synced, f"without {LEAVING}")
        until(synced, commit, lambda: confirmed(synced) and not alive(synced, leaving))
        assert alive(synced, leaving) == set()
        settle(synced, commit, expected_applications(synced))
    assert alive(synced, after) == set(after)


def confirmed(delivery: Delivery) -> bool:
    """Approve every deletion that an Application waits for, as a person would; always true."""
    for name, item in delivery.argocd.applications().items():
        if CONFIRM in item.get("status", {}).get("operationState", {}).get("message", ""):
            delivery.argocd.annotate(
                name, **{APPROVED: time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())}
            )
    return True


def alive(delivery: Delivery, objects: dict[Identity, Emitted]) -> set[Identity]:
    """The objects that still exist."""
    some = list(objects.values())
    answers = pooled(lambda item: delivery.api.get(item.object), some)
    pairs = zip(some, answers, strict=True)
    return {item.identity for item, answer in pairs if answer.status != 404}
