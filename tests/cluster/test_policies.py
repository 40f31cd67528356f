"""The emitted admission policies, and Pod Security, deny in a real API server what they should."""

from __future__ import annotations

from typing import Any

import pytest

from tests.admit_policies.cases import Case, bad, good
from tests.cluster.borrowed import Borrowed
from tests.cluster.conftest import Cluster
from tests.cluster.processes import eventually

DENYING = [case for case in bad() if not case.only_here]
NOTING = "roster-image-digests"
"""The policy that denies nothing yet: its binding only writes into the audit log."""


@pytest.fixture(scope="module")
def policed(cluster: Cluster, standing: Borrowed) -> Cluster:
    """A cluster in which the policies are in force: the server takes a moment to notice them."""
    case = next(case for case in DENYING if case.policy != NOTING)
    assert eventually(lambda: not cluster.api.create(case.object, dryRun="All").ok, 30)
    return cluster


def created(cluster: Cluster, object: dict[str, Any]) -> str:
    """What the server says to a new object, without keeping it; nothing if it takes it."""
    answer = cluster.api.create(object, dryRun="All")
    return "" if answer.ok else answer.message


@pytest.mark.parametrize("kind", good())
def test_a_good_object_is_let_in(kind: str, policed: Cluster) -> None:
    assert created(policed, good()[kind]) == ""


@pytest.mark.parametrize("case", DENYING, ids=lambda case: f"{case.policy}: {case.says[:40]}")
def test_a_bad_object_is_denied(case: Case, policed: Cluster) -> None:
    said = created(policed, case.object)
    if case.policy == NOTING:
        assert said == ""
    else:
        assert f"'{case.policy}'" in said
        assert case.says in said


def test_pod_security_denies_without_any_policy_of_ours(policed: Cluster) -> None:
    pod = good()["Pod"]
    del pod["spec"]["securityContext"]["seccompProfile"]
    said = created(policed, pod)
    assert 'violates PodSecurity "restricted:' in said
