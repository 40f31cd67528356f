"""What we emit for operators is valid by the operators' own definitions."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest

from compiler.cli import inputs
from compiler.pipeline import compile
from tests.crds import CRDS, FILES, refused
from tests.estate import TODAY
from tests.layers import Server, documents, sources

ROOT = Path(__file__).parents[1]
pytestmark = pytest.mark.skipif(
    not CRDS.is_dir(), reason="the operators' CRDs lie outside of a user's clone"
)
READS = [{"resources": ["pods"], "verbs": ["get"]}]
SERVERS = {
    "github": Server(("list_issues", "create_issue", "a" * 128), rights={"list_issues": READS}),
    "old": Server(("list_issues", "b_c", "..", "search_pull_requests_by_author"), new=False),
    "hub": Server(tuple(f"t{n}" for n in range(120)), new=False, shared=True),
}
GRANTS = {
    ("alpha", "dev", "github"): {"list_issues": "none", "create_issue": "human"},
    ("alpha", "dev", "old"): {"search_pull_requests_by_author": "none", "..": "none"},
    ("alpha", "ops", "hub"): {f"t{n}": "none" for n in range(120)},
    ("beta", "dev", "github"): {"a" * 128: "human"},
    ("beta", "dev", "hub"): {"t1": "human", "t2": "none"},
}


@pytest.fixture(scope="module")
def objects() -> list[dict[str, Any]]:
    found = documents(
        SERVERS, GRANTS, delegations={("alpha", "dev"): ["ops"]}, empty=[("beta", "idle")]
    )
    result = compile(sources(found).values(), today=TODAY)
    assert not result.failed, result.diagnostics
    custom = [file.object for file in result.files if file.object]
    return [
        json.loads(json.dumps(object))
        for object in custom
        if object["apiVersion"].partition("/")[0] in FILES
    ]


def test_every_custom_resource_is_valid(objects: list[dict[str, Any]]) -> None:
    kinds = {object["kind"] for object in objects}
    assert len(kinds) >= 18
    assert {object["apiVersion"].partition("/")[0] for object in objects} == set(FILES)
    assert [found for object in objects for found in refused(object)] == []


def test_the_shipped_estate_is_valid() -> None:
    result = compile(inputs.read(ROOT).sources.values(), today=TODAY)
    ours = [
        file.object
        for file in result.files
        if file.object and file.object["apiVersion"].partition("/")[0] in FILES
    ]
    assert len(ours) > 500
    assert [found for object in ours for found in refused(json.loads(json.dumps(object)))] == []


BREAKS = {
    "Agent": ("spec.type", "BYO"),
    "AuthorizationPolicy": ("spec.selector", {"matchLabels": {"a": "b"}}),
    "VirtualMCPServer": ("spec.incomingAuth.oidcConfigRef", None),
    "XAccessPolicy": ("spec.rules.0.authorization.type", "CEL"),
    "MCPRoute": ("spec.securityPolicy.oauth", None),
    "AgentgatewayBackend": ("spec.mcp.targets.0.static.host", None),
}


@pytest.mark.parametrize("kind", BREAKS)
def test_a_broken_one_is_refused(kind: str, objects: list[dict[str, Any]]) -> None:
    """Each by a rule in CEL alone, which structure does not say."""
    route, value = BREAKS[kind]
    *parents, last = (int(part) if part.isdigit() else part for part in route.split("."))
    for object in (o for o in objects if o["kind"] == kind):
        broken = copy.deepcopy(object)
        here: Any = broken
        for part in parents:
            here = here[part]
        if kind == "AuthorizationPolicy" and "targetRefs" not in here:
            continue
        if value is None:
            del here[last]
        else:
            here[last] = value
        assert refused(broken), kind
        return
    raise AssertionError(f"there is no {kind}")
