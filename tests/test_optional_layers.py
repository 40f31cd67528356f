"""Snapshots of the optional layers of one small estate: a change shows in the diff."""

from __future__ import annotations

import pytest
from syrupy.assertion import SnapshotAssertion

from compiler.pipeline import compile
from tests.estate import TODAY
from tests.layers import Server, documents, sources

SERVERS = {
    "github": Server(("list_issues", "create_issue", "delete_repo")),
    "hub": Server(("look", "a_tool_with_a_very_long_name"), new=False),
}
GRANTS = {
    ("alpha", "dev", "github"): {"list_issues": "none", "create_issue": "human"},
    ("alpha", "dev", "hub"): {"a_tool_with_a_very_long_name": "none"},
    ("alpha", "ops", "hub"): {"look": "none"},
}
GROUPS = (
    "toolhive.stacklok.dev",
    "agentic.networking.x-k8s.io",
    "aigateway.envoyproxy.io",
    "kagent.dev",
    "gateway.networking.k8s.io",
)


@pytest.mark.parametrize("cluster", ["toolhive", "agentic", "envoy", "kagent"])
def test_objects(cluster: str, snapshot: SnapshotAssertion) -> None:
    specs = documents(SERVERS, GRANTS, clusters=[cluster], delegations={("alpha", "dev"): ["ops"]})
    files = compile(sources(specs).values(), today=TODAY).files
    ours = [f for f in files if f.object and f.object["apiVersion"].partition("/")[0] in GROUPS]
    assert ours
    assert "".join(f"--- {file.path}\n{file.text}" for file in ours) == snapshot
