"""The shipped policies: what they deny and with which words, and that all we emit passes them."""

from __future__ import annotations

import copy
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import yaml

from compiler.admit.policies import Judgement, faults, judge
from tests.admit_policies.cases import NAMESPACE, Case, bad, good, shipped

CLUSTERS = Path(__file__).parents[2] / "generated" / "clusters"
SHIPPED = [object for _, object in shipped()]
NOTING = "roster-image-digests"


def denying(object: dict[str, Any]) -> dict[str, Any]:
    """A binding that denies: the policy that only takes notes as yet must be right all the same."""
    if object["kind"] != "ValidatingAdmissionPolicyBinding":
        return object
    return {**object, "spec": {**object["spec"], "validationActions": ["Deny"]}}


POLICIES = [denying(object) for object in SHIPPED]


def judged(*objects: Any) -> list[Judgement[str]]:
    """What the shipped policies have against some objects of one cluster."""
    every = [*POLICIES, NAMESPACE, *objects]
    return list(judge([(object["kind"], object) for object in every]))


def test_every_policy_compiles_and_has_one_binding() -> None:
    kinds = Counter(object["kind"] for object in POLICIES)
    assert set(kinds.values()) == {len(dict(shipped()))}
    for object in POLICIES:
        if object["kind"] == "ValidatingAdmissionPolicy":
            assert list(faults(object)) == []
            assert object["spec"]["failurePolicy"] == "Fail"


def test_all_but_one_deny() -> None:
    bindings = [p for p in SHIPPED if p["kind"] == "ValidatingAdmissionPolicyBinding"]
    actions = {b["metadata"]["name"]: b["spec"]["validationActions"] for b in bindings}
    assert {name: some for name, some in actions.items() if some != ["Deny"]} == {NOTING: ["Audit"]}


@pytest.mark.parametrize("kind", good())
def test_a_good_object_passes(kind: str) -> None:
    assert judged(good()[kind]) == []


@pytest.mark.parametrize("case", [*bad()], ids=lambda case: f"{case.policy}: {case.says[:40]}")
def test_a_bad_object_is_denied(case: Case) -> None:
    judgements = [j for j in judged(case.object) if j.policy == case.policy]
    assert judgements, judged(case.object)
    assert all(j.denied for j in judgements)
    assert any(j.message.startswith(case.says) for j in judgements), judgements
    assert not any("cannot be evaluated" in j.message for j in judgements), judgements


def test_each_policy_has_three_bad_objects() -> None:
    cases = Counter(case.policy for case in bad())
    assert min(cases.values()) >= 3
    assert set(cases) == {f"roster-{name}" for name, _ in shipped()}


def test_every_validation_has_a_bad_object() -> None:
    """Without it, that object would get through, or be denied with other words."""
    for number, policy in enumerate(POLICIES):
        for place, validation in enumerate(policy["spec"].get("validations", ())):
            fewer = copy.deepcopy(POLICIES)
            del fewer[number]["spec"]["validations"][place]
            if not fewer[number]["spec"]["validations"]:
                del fewer[number : number + 2]  # with its binding
            cases = [case for case in bad() if case.policy == policy["metadata"]["name"]]
            lost = [
                case
                for case in cases
                if not is_reported(fewer, case) and is_reported(POLICIES, case)
            ]
            assert lost or "must stay" in validation["message"], validation  # about changes alone


def is_reported(policies: list[Any], case: Case) -> bool:
    judgements = judge([("", object) for object in (*policies, NAMESPACE, case.object)])
    return any(j.policy == case.policy and j.message.startswith(case.says) for j in judgements)


def test_pods_of_workloads_are_judged_like_pods() -> None:
    """A policy about pods alone sees what a Deployment and a CronJob will make."""
    policies = copy.deepcopy(POLICIES)
    for object in policies:
        for rule in object["spec"].get("matchConstraints", {}).get("resourceRules", ()):
            rule["resources"] = [name for name in rule["resources"] if name.startswith("pods")]
    for case in bad():
        if case.object["kind"] in ("Deployment", "CronJob") and "labels" not in case.policy:
            objects = [*policies, NAMESPACE, case.object]
            judgements = [j for j in judge([("", o) for o in objects]) if j.policy == case.policy]
            assert any(j.message.startswith(f"its pods: {case.says}") for j in judgements), case


def test_other_namespaces_are_not_touched() -> None:
    for case in bad():
        if case.object["kind"] not in ("Namespace", "AppProject", "Application"):
            moved = copy.deepcopy(case.object)
            moved["metadata"]["namespace"] = "kube-system"
            assert judged(moved) == []


def test_proxies_of_gateways_pass() -> None:
    """As istiod makes a waypoint: no labels of ours, its own account with a token, a tag."""
    pod = copy.deepcopy(good()["Pod"])
    pod["metadata"]["labels"] = {"gateway.networking.k8s.io/gateway-name": "waypoint"}
    pod["spec"]["serviceAccountName"] = "waypoint"
    pod["spec"]["automountServiceAccountToken"] = True
    del pod["spec"]["initContainers"]
    pod["spec"]["containers"][0]["image"] = "docker.io/istio/proxyv2:1.30.3-distroless"
    assert judged(pod) == []
    pod["spec"]["hostNetwork"] = True
    assert [j.policy for j in judged(pod)] == ["roster-pod-security"]


@pytest.mark.parametrize("cluster", sorted(path.name for path in CLUSTERS.iterdir()))
def test_what_we_emit_passes(cluster: str) -> None:
    files = [
        (str(path), yaml.load(path.read_text(encoding="utf-8"), yaml.CSafeLoader))
        for path in sorted((CLUSTERS / cluster).rglob("*.yaml"))
    ]
    ours = {object["metadata"]["name"] for object in POLICIES}
    others = [item for item in files if item[1]["metadata"]["name"] not in ours]
    assert len(others) > 400
    judgements = list(judge([*(("", object) for object in POLICIES), *others]))
    assert [j for j in judgements if j.policy != NOTING] == []
