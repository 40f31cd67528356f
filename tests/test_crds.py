"""What we emit for operators is valid by the operators' own definitions."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from compiler.emit import File
from compiler.pipeline import compile
from tests import shipped
from tests.crds import CRDS, defined, definitions, refused
from tests.estate import TODAY
from tests.layers import Server, documents, sources

ROOT = Path(__file__).parents[1]
EXAMPLES = CRDS.parents[1] / "examples"
GROUPS = {
    "agentgateway.dev",
    "agentic.networking.x-k8s.io",
    "aigateway.envoyproxy.io",
    "external-secrets.io",
    "gateway.networking.k8s.io",
    "kagent.dev",
    "security.istio.io",
    "toolhive.stacklok.dev",
}
OWN = {
    "",
    "admissionregistration.k8s.io",
    "apps",
    "autoscaling",
    "batch",
    "networking.k8s.io",
    "policy",
    "rbac.authorization.k8s.io",
}
"""Kubernetes' own groups, which need no definition."""
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
    specs = documents(
        SERVERS, GRANTS, delegations={("alpha", "dev"): ["ops"]}, empty=[("beta", "idle")]
    )
    result = compile(sources(specs).values(), today=TODAY)
    assert not result.failed, result.diagnostics
    return custom(result.files)


def custom(files: Iterable[File]) -> list[dict[str, Any]]:
    """The custom resources, and all of them: what is neither Kubernetes' own nor defined fails."""
    objects = [file.object for file in files if file.object]
    assert [o["kind"] for o in objects if not defined(o) and not own(o)] == []
    return [json.loads(json.dumps(object)) for object in objects if defined(object)]


def own(object: Mapping[str, Any]) -> bool:
    return object["apiVersion"].rpartition("/")[0] in OWN


def test_every_custom_resource_is_valid(objects: list[dict[str, Any]]) -> None:
    groups = {object["apiVersion"].partition("/")[0] for object in objects}
    assert groups >= GROUPS
    assert [refusal for object in objects for refusal in refused(object)] == []


def test_the_shipped_estate_is_valid() -> None:
    objects = custom(shipped.files())
    assert len(objects) > 500
    assert [refusal for object in objects for refusal in refused(object)] == []


@pytest.mark.parametrize("path", sorted(EXAMPLES.glob("good/*.yaml")), ids=lambda path: path.name)
def test_good_examples_pass(path: Path) -> None:
    """A real API server took these; one kind of the 37 objects has no definition here."""
    for object in yaml.safe_load_all(path.read_text(encoding="utf-8")):
        if defined(object):
            assert refused(object) == []
        else:
            assert own(object) or object["kind"] == "LocalQueue"


ARGOCD = {
    "app-nodest": ("spec", '"destination" is a required property'),
    "app-type": ("spec.syncPolicy.retry.backoff.factor", '"two" is not of type "integer"'),
    "app-unknown": ("spec.syncPolicy.automated", "('selfHeel' was unexpected)"),
    "appset-badenum": ("spec.syncPolicy.applicationsSync", '"create-updat" is not one of'),
}


@pytest.mark.parametrize("path", sorted(EXAMPLES.glob("argocd/*.yaml")), ids=lambda path: path.stem)
def test_argo_cd_examples_are_judged_as_a_server_did(path: Path) -> None:
    """Sync options, cron lines and two destinations are beyond a CRD."""
    (object,) = yaml.safe_load_all(path.read_text(encoding="utf-8"))
    refusals = refused(object)
    assert bool(refusals) is (path.stem in ARGOCD)
    if refusals:
        ((field, message),) = refusals
        assert field == ARGOCD[path.stem][0]
        assert ARGOCD[path.stem][1] in message


def test_every_rule_in_cel_compiles() -> None:
    rules = [rule for kind in definitions().kinds for rule in definitions().rules(kind)]
    assert [(rule, why) for rule, why in rules if why] == []
    assert len(rules) >= 984


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
        node: Any = broken
        for part in parents:
            node = node[part]
        if kind == "AuthorizationPolicy" and "targetRefs" not in node:
            continue
        if value is None:
            del node[last]
        else:
            node[last] = value
        assert refused(broken), kind
        return
    raise AssertionError(f"there is no {kind}")
