"""What policies and bindings are about, the pods of workloads, and parameters."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from compiler.admit.policies import Judgement
from tests.admit_policies.given import POD, RULE, binding, judged, messages, policy, validation

MATCHES = {
    "all": ([{**RULE, "apiGroups": ["*"], "apiVersions": ["*"], "resources": ["*"]}], True),
    "subresources too": ([{**RULE, "resources": ["*/*"]}], True),
    "pods and below": ([{**RULE, "resources": ["pods/*"]}], True),
    "a subresource": ([{**RULE, "resources": ["pods/status"]}], False),
    "another kind": ([{**RULE, "resources": ["services"]}], False),
    "another group": ([{**RULE, "apiGroups": ["apps"]}], False),
    "changes": ([{**RULE, "operations": ["UPDATE", "DELETE"]}], False),
    "every operation": ([{**RULE, "operations": ["*"]}], True),
    "namespaced": ([{**RULE, "scope": "Namespaced"}], True),
    "of the cluster": ([{**RULE, "scope": "Cluster"}], False),
    "its name": ([{**RULE, "resourceNames": ["web"]}], True),
    "another name": ([{**RULE, "resourceNames": ["db"]}], False),
    "one of two": ([{**RULE, "resources": ["services"]}, RULE], True),
}


@pytest.mark.parametrize("name", MATCHES)
def test_resource_rules(name: str) -> None:
    rules, matched = MATCHES[name]
    assert bool(messages(policy(matchConstraints={"resourceRules": rules}))) is matched
    both = {"resourceRules": [RULE], "excludeResourceRules": rules}
    assert bool(messages(policy(matchConstraints=both))) is not matched
    bound = binding(matchResources={"resourceRules": rules})
    assert bool(messages(policy(), bound=bound)) is matched


def expressed(key: str, operator: str, *values: str) -> dict[str, Any]:
    listed = {"values": list(values)} if values else {}
    return {"matchExpressions": [{"key": key, "operator": operator, **listed}]}


SELECTORS: dict[str, tuple[dict[str, Any], bool, bool]] = {
    "empty": ({}, True, True),
    "label": ({"matchLabels": {"a": "b"}}, True, False),
    "other value": ({"matchLabels": {"a": "c"}}, False, False),
    "in": (expressed("tier", "In", "front"), False, True),
    "not in": (expressed("tier", "NotIn", "front"), True, False),
    "exists": (expressed("a", "Exists"), True, False),
    "not there": (expressed("a", "DoesNotExist"), False, True),
    "both": ({"matchLabels": {"a": "b"}, **expressed("a", "DoesNotExist")}, False, False),
    "given by the server": ({"matchLabels": {"kubernetes.io/metadata.name": "shop"}}, True, False),
}


@pytest.mark.parametrize("name", SELECTORS)
def test_selectors(name: str) -> None:
    selector, space, object = SELECTORS[name]
    for kind, matched in (("namespaceSelector", space), ("objectSelector", object)):
        about = {"resourceRules": [RULE], kind: selector}
        assert bool(messages(policy(matchConstraints=about))) is matched
        assert bool(messages(policy(), bound=binding(matchResources={kind: selector}))) is matched


def test_objects_of_the_cluster_are_in_every_namespace_selector() -> None:
    rule = {**RULE, "apiGroups": ["rbac.authorization.k8s.io"], "resources": ["clusterroles"]}
    selector = {"matchLabels": {"no": "such"}}
    about = policy(matchConstraints={"resourceRules": [rule], "namespaceSelector": selector})
    role = {
        "apiVersion": "rbac.authorization.k8s.io/v1",
        "kind": "ClusterRole",
        "metadata": {"name": "r"},
    }
    assert messages(about, role) == ["no"]
    rule |= {"apiGroups": [""], "resources": ["namespaces"]}
    assert messages(about) == []  # but a namespace must be selected itself
    selector["matchLabels"] = {"a": "b"}
    assert messages(about) == ["no"]


def test_another_version_of_a_kind() -> None:
    rule = {**RULE, "apiGroups": ["autoscaling"], "resources": ["horizontalpodautoscalers"]}
    hpa = {
        "apiVersion": "autoscaling/v2",
        "kind": "HorizontalPodAutoscaler",
        "metadata": {"name": "h", "namespace": "shop"},
    }
    (judgement,) = judged(policy(matchConstraints={"resourceRules": [rule]}), hpa)
    assert not judgement.denied
    assert "would convert" in judgement.message
    exact = {"resourceRules": [rule], "matchPolicy": "Exact"}
    assert judged(policy(matchConstraints=exact), hpa) == []


PLURALS = {
    "networking.k8s.io/v1 NetworkPolicy": "networkpolicies",
    "networking.k8s.io/v1 Ingress": "ingresses",
    "storage.k8s.io/v1 StorageClass": "storageclasses",
    "gateway.networking.k8s.io/v1 Gateway": "gateways",
    "v1 Endpoints": "endpoints",
    "v1 ConfigMap": "configmaps",
}


@pytest.mark.parametrize("kind", PLURALS)
def test_names_of_resources(kind: str) -> None:
    version, name = kind.split()
    rule = {**RULE, "apiGroups": [version.rpartition("/")[0]], "resources": [PLURALS[kind]]}
    object = {"apiVersion": version, "kind": name, "metadata": {"name": "x", "namespace": "shop"}}
    assert messages(policy(matchConstraints={"resourceRules": [rule]}), object) == ["no"]


@pytest.mark.parametrize("kind", ["Deployment", "StatefulSet", "DaemonSet", "Job", "CronJob"])
def test_pods_of_workloads(kind: str) -> None:
    template: dict[str, Any] = {"metadata": {"labels": {"tier": "back"}}, "spec": POD["spec"]}
    group, inner = "apps/v1", {"template": template}
    if "Job" in kind:
        group = "batch/v1"
    if kind == "CronJob":
        inner = {"jobTemplate": {"spec": {"template": template}}}
    meta = {"name": "web", "namespace": "shop"}
    object = {"apiVersion": group, "kind": kind, "metadata": meta, "spec": inner}
    text = "'pod ' + object.metadata.generateName + ' ' + object.metadata.labels.tier"
    (judgement,) = judged(policy(validation("false", messageExpression=text)), object)
    assert judgement == Judgement(kind, "p", "its pods: pod web- back", True)
    shown = validation(
        "object.spec.serviceAccountName == 'default' &&"
        " object.spec.containers.all(c, has(c.resources))"
    )
    assert judged(policy(shown), object) == []


def test_a_policy_that_denied_the_workload_says_nothing_of_its_pods() -> None:
    wide = {**RULE, "apiGroups": ["*"], "resources": ["*"]}
    meta = {"name": "web", "namespace": "shop"}
    inner = {"template": {"spec": POD["spec"]}}
    deployment = {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": meta, "spec": inner}
    about = policy(
        matchConstraints={"resourceRules": [wide], "objectSelector": {"matchLabels": {}}}
    )
    assert [j.message for j in judged(about, deployment) if j.key == "Deployment"] == ["no"]


def test_bindings() -> None:
    (judgement,) = judged(policy(), bound=binding(validationActions=["Warn", "Audit"]))
    assert (judgement.message, judgement.denied) == ("no", False)
    assert judged(policy(), bound=binding(validationActions=["Audit"])) == []
    judgement, *_ = judged(policy(), bound=binding(policyName="q"))
    assert (judgement.policy, judgement.denied) == ("p", False)
    assert "no binding" in judgement.message
    _, judgement = judged(policy(), bound=binding(policyName="q"))
    assert (judgement.key, judgement.policy, judgement.denied) == (
        "ValidatingAdmissionPolicyBinding",
        "q",
        True,
    )


def limits(name: str, most: str, namespace: str = "shop") -> dict[str, Any]:
    return {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"name": name, "namespace": namespace, "labels": {"is": "limit"}},
        "data": {"most": most},
    }


PARAMETERS = """
one: [{name: a, parameterNotFoundAction: Deny}, [at most 0]]
enough: [{name: b, parameterNotFoundAction: Deny}, []]
another namespace: [{name: c, namespace: other, parameterNotFoundAction: Deny}, [at most 0]]
not in this namespace: [{name: c, parameterNotFoundAction: Allow}, []]
missing: [{name: z, parameterNotFoundAction: Deny}, [no params found]]
missing but allowed: [{name: z, parameterNotFoundAction: Allow}, []]
all of them: [{selector: {matchLabels: {is: limit}}, parameterNotFoundAction: Deny}, [at most 0]]
none of them: [{selector: {matchLabels: {is: other}}, parameterNotFoundAction: Allow}, []]
"""


@pytest.mark.parametrize("name", yaml.safe_load(PARAMETERS))
def test_parameters(name: str) -> None:
    reference, expected = yaml.safe_load(PARAMETERS)[name]
    validations = validation(
        "object.spec.containers.size() <= int(params.data.most)",
        messageExpression="'at most ' + params.data.most",
    )
    about = policy(validations, paramKind={"apiVersion": "v1", "kind": "ConfigMap"})
    objects = (POD, limits("a", "0"), limits("b", "1"), limits("c", "0", "other"))
    texts = messages(about, *objects, bound=binding(paramRef=reference))
    assert [message.partition(" for ")[0] for message in texts] == expected


def test_a_binding_without_parameters() -> None:
    about = policy(
        validation("params == null"), paramKind={"apiVersion": "v1", "kind": "ConfigMap"}
    )
    assert judged(about) == []
