"""A pod, a policy about pods, and its binding: what tests of judging begin with."""

from __future__ import annotations

from typing import Any

from compiler.admit.policies import Judgement, judge

POD = {
    "apiVersion": "v1",
    "kind": "Pod",
    "metadata": {"name": "web", "namespace": "shop", "labels": {"tier": "front"}},
    "spec": {"containers": [{"name": "main", "image": "web:1"}]},
}
SPACE = {
    "apiVersion": "v1",
    "kind": "Namespace",
    "metadata": {"name": "shop", "labels": {"a": "b"}},
}
RULE = {"apiGroups": [""], "apiVersions": ["v1"], "operations": ["CREATE"], "resources": ["pods"]}
FALSE = [{"expression": "false", "message": "no"}]


def policy(validations: Any = FALSE, **spec: Any) -> dict[str, Any]:
    full = {"matchConstraints": {"resourceRules": [RULE]}, "validations": validations, **spec}
    return {
        "apiVersion": "admissionregistration.k8s.io/v1",
        "kind": "ValidatingAdmissionPolicy",
        "metadata": {"name": "p"},
        "spec": full,
    }


def binding(**spec: Any) -> dict[str, Any]:
    return {
        "apiVersion": "admissionregistration.k8s.io/v1",
        "kind": "ValidatingAdmissionPolicyBinding",
        "metadata": {"name": "b"},
        "spec": {"policyName": "p", "validationActions": ["Deny"], **spec},
    }


def judged(policy: Any, *objects: Any, bound: Any = None) -> list[Judgement[str]]:
    """Why a policy objects to a pod, or to other objects."""
    every = [policy, bound or binding(), SPACE, *(objects or (POD,))]
    return list(judge([(object["kind"], object) for object in every]))


def messages(policy: Any, *objects: Any, bound: Any = None) -> list[str]:
    return [judgement.message for judgement in judged(policy, *objects, bound=bound)]


def validation(expression: str, **more: Any) -> list[dict[str, Any]]:
    return [{"expression": expression, **more}]
