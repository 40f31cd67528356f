"""A real API server denies what the emitted admission policies and Pod Security forbid."""

from __future__ import annotations

from typing import Any

import pytest

from tests.admit_policies.cases import Case, bad, good
from tests.cluster.borrowed import Borrowed
from tests.cluster.conftest import Cluster
from tests.cluster.processes import eventually

DENYING = [case for case in bad() if not case.only_here]
NOTING = "roster-image-digests"
"""A policy whose binding only writes into the audit log."""


@pytest.fixture(scope="module")
def policed(cluster: Cluster, standing: Borrowed) -> Cluster:
    """A cluster in which the policies are in force: the server takes a moment to notice them."""
    case = next(case for case in DENYING if case.policy != NOTING)
    assert eventually(lambda: not cluster.api.create(case.object, dryRun="All").ok, 300)
    return cluster


def created(cluster: Cluster, object: dict[str, Any]) -> str:
    """Why the server refuses a new object, in a dry run; empty if it accepts it."""
    answer = cluster.api.create(object, dryRun="All")
    return "" if answer.ok else answer.message


@pytest.mark.parametrize("kind", good())
def test_a_good_object_is_accepted(kind: str, policed: Cluster) -> None:
    assert created(policed, good()[kind]) == ""


@pytest.mark.parametrize("case", DENYING, ids=lambda case: f"{case.policy}: {case.says[:40]}")
def test_a_bad_object_is_denied(case: Case, policed: Cluster) -> None:
    message = created(policed, case.object)
    if case.policy == NOTING:
        assert message == ""
    else:
        assert f"'{case.policy}'" in message
        assert case.says in message


def test_pod_security_denies_without_our_policies(policed: Cluster) -> None:
    pod = good()["Pod"]
    del pod["spec"]["securityContext"]["seccompProfile"]
    assert 'violates PodSecurity "restricted:' in created(policed, pod)
