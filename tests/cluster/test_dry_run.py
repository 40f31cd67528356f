"""A real API server accepts every emitted object, in strict mode."""

from __future__ import annotations

import pytest

from tests.cluster.api import Answer, pooled
from tests.cluster.borrowed import Borrowed
from tests.cluster.conftest import Cluster
from tests.cluster.crds import FOLDER
from tests.cluster.emitted import Emitted
from tests.cluster.report import Report
from tests.cluster.repository import ROOT

CLUSTERS = sorted(path.name for path in (ROOT / "generated" / "clusters").iterdir())
TOLERATED = "prefer a domain-qualified finalizer name"
"""The server warns about the name of the finalizer that Argo CD gives an AppProject."""


def judged(cluster: Cluster, emitted: list[Emitted]) -> list[str]:
    """What the server refuses or warns about."""

    def judge(item: Emitted) -> Answer | str:
        try:
            return cluster.api.apply(item.object, item.text, dryRun="All")
        except KeyError as problem:
            return str(problem)

    refused = []
    for item, answer in zip(emitted, pooled(judge, emitted), strict=True):
        if isinstance(answer, str):
            refused.append(f"{item.path.name}: {answer}")
        elif not answer.ok:
            refused.append(f"{item.path}: {answer.message}")
        else:
            refused += [f"{item.path}: {w}" for w in answer.warnings if TOLERATED not in w]
    return refused


@pytest.mark.parametrize("name", CLUSTERS)
def test_every_object_passes_a_strict_dry_run(
    name: str,
    cluster: Cluster,
    every: dict[str, list[Emitted]],
    standing: Borrowed,
    report: Report,
) -> None:
    emitted = every[name]
    assert len(emitted) > 100
    with report.step(f"strict dry run of {name}", f"{len(emitted)} objects"):
        refused = judged(cluster, emitted)
    assert refused == []


@pytest.mark.skipif(not FOLDER.is_dir(), reason="the definitions lie outside of a user's clone")
def test_every_kind_has_a_definition(definitions: list[str]) -> None:
    assert definitions == []


def test_the_server_refuses_an_unknown_field(
    cluster: Cluster, every: dict[str, list[Emitted]], standing: Borrowed
) -> None:
    item = next(item for item in every[CLUSTERS[0]] if item.object["kind"] == "Deployment")
    spoilt = item._replace(text=item.text.replace(b"spec:\n", b"spec:\n  replica: 2\n", 1))
    (message,) = judged(cluster, [spoilt])
    assert "field not declared in schema" in message or "unknown field" in message
