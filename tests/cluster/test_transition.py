"""What `roster generate` reports about a change of its output is what a server does."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from compiler.admit.transition import transitions
from compiler.emit import File
from compiler.emit.format.yaml import dump
from tests.cluster.api import APPLY
from tests.cluster.borrowed import Borrowed
from tests.cluster.conftest import Cluster
from tests.test_transition import ORIGIN

SPACE = "roster-transition"
LABELS = {"matchLabels": {"app": "it"}}
CLAIM = {
    "metadata": {"name": "data"},
    "spec": {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}},
}
POD = {
    "metadata": {"labels": {"app": "it"}},
    "spec": {"containers": [{"name": "main", "image": "example.com/it:1"}]},
}


def object(version: str, kind: str, name: str, **parts: Any) -> dict[str, Any]:
    meta = {"name": name, "namespace": SPACE}
    return {"apiVersion": version, "kind": kind, "metadata": meta, **parts}


def stateful(name: str, **spec: Any) -> dict[str, Any]:
    base = {"serviceName": name, "selector": LABELS, "template": POD, "replicas": 2}
    return object("apps/v1", "StatefulSet", name, spec={**base, **spec})


def deployment(name: str, **spec: Any) -> dict[str, Any]:
    base = {"selector": LABELS, "template": POD}
    return object("apps/v1", "Deployment", name, spec={**base, **spec})


def report(old: dict[str, Any], new: dict[str, Any]) -> list[Any]:
    """What the compiler reports about a change."""
    path = f"clusters/prod/projects/shop/it/{old['kind'].lower()}-{old['metadata']['name']}.yaml"
    file = File(path, dump(new), (ORIGIN,), new, "1.36")
    return list(transitions({path: dump(old)}, [file]))


@pytest.fixture(scope="module")
def space(cluster: Cluster) -> Iterator[None]:
    """A namespace for objects that are changed."""
    borrowed = Borrowed(cluster.api)
    meta = {"name": SPACE}
    borrowed.add([{"apiVersion": "v1", "kind": "Namespace", "metadata": meta}])
    yield
    borrowed.release()


OTHER = {"matchLabels": {"app": "it", "tier": "x"}}
TIER = {**POD, "metadata": {"labels": {"app": "it", "tier": "x"}}}
STEPS = {
    "a selector": (deployment("a"), deployment("a", selector=OTHER, template=TIER)),
    "the Service of a StatefulSet": (stateful("b"), stateful("b", serviceName="other")),
    "volume claims": (stateful("c"), stateful("c", volumeClaimTemplates=[CLAIM])),
    "how pods are started": (stateful("d"), stateful("d", podManagementPolicy="Parallel")),
    "a headless Service": (
        object("v1", "Service", "e", spec={"ports": [{"port": 80}]}),
        object("v1", "Service", "e", spec={"ports": [{"port": 80}], "clusterIP": "None"}),
    ),
    "the role of a binding": tuple(
        object(
            "rbac.authorization.k8s.io/v1",
            "RoleBinding",
            "f",
            roleRef={"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": name},
            subjects=[],
        )
        for name in ("one", "two")
    ),
    "an immutable ConfigMap": tuple(
        object("v1", "ConfigMap", "g", immutable=True, data={"a": text}) for text in ("1", "2")
    ),
}


@pytest.mark.parametrize("name", STEPS)
def test_a_server_refuses_what_is_reported_as_immutable(
    name: str, cluster: Cluster, space: None
) -> None:
    old, new = STEPS[name]
    assert [diagnostic.code for diagnostic in report(old, new)] == ["field-immutable"]
    assert cluster.api.create(old).ok
    answer = cluster.api.apply(new)
    assert answer.status == 422, answer.message


ALLOWED = {
    "replicas and pods": (stateful("h"), stateful("h", replicas=3, template=TIER)),
    "what becomes of claims": (
        stateful("i"),
        stateful(
            "i",
            persistentVolumeClaimRetentionPolicy={"whenDeleted": "Retain", "whenScaled": "Retain"},
        ),
    ),
    "how long a pod must be ready": (stateful("j"), stateful("j", minReadySeconds=3)),
    "the ports of a Service": (
        object("v1", "Service", "k", spec={"ports": [{"port": 80}]}),
        object("v1", "Service", "k", spec={"ports": [{"port": 81}]}),
    ),
}


@pytest.mark.parametrize("name", ALLOWED)
def test_a_server_accepts_what_is_not(name: str, cluster: Cluster, space: None) -> None:
    old, new = ALLOWED[name]
    assert report(old, new) == []
    assert cluster.api.apply(old).ok
    answer = cluster.api.apply(new)
    assert answer.ok, answer.message


def test_the_handover_keeps_the_pods(cluster: Cluster, space: None) -> None:
    """If `replicas` leaves git, the command in the help keeps all pods; without it one remains."""
    for name, handed in (("dropped", False), ("kept", True)):
        old, new = deployment(name, replicas=3), deployment(name)
        (diagnostic,) = report(old, new)
        assert diagnostic.code == "replicas-dropped"
        assert cluster.api.apply(old, fieldManager="argocd-controller").ok
        if handed:
            patch = json.loads(diagnostic.help.split("'")[1])
            path, manager = cluster.api.find(old), "handover"
            answer = cluster.api.call(
                "PATCH", path, json.dumps(patch).encode(), APPLY, fieldManager=manager
            )
            assert answer.ok, answer.message
        assert cluster.api.apply(new, fieldManager="argocd-controller").ok
        assert cluster.api.get(old).body["spec"]["replicas"] == (3 if handed else 1)
