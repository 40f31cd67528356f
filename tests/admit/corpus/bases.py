"""One good object of each kind."""

from __future__ import annotations

from typing import Any

RBAC = "rbac.authorization.k8s.io"
_LABELS = {"app": "a"}
_POD = {"containers": [{"name": "c", "image": "x:1"}]}
_TEMPLATE = {"metadata": {"labels": _LABELS}, "spec": _POD}
_ENDING = {"template": {"spec": {**_POD, "restartPolicy": "Never"}}}
_CHOSEN = {"selector": {"matchLabels": _LABELS}}
_RULE = {
    "apiGroups": ["apps"],
    "apiVersions": ["v1"],
    "operations": ["CREATE"],
    "resources": ["deployments"],
}


def _object(version: str, kind: str, rest: dict[str, Any], namespace: str = "ns") -> dict[str, Any]:
    meta = {"name": "a", "namespace": namespace} if namespace else {"name": "a"}
    return {"apiVersion": version, "kind": kind, "metadata": meta, **rest}


def _spec(version: str, kind: str, spec: dict[str, Any], namespace: str = "ns") -> dict[str, Any]:
    return _object(version, kind, {"spec": spec}, namespace)


_METRIC = {
    "type": "Resource",
    "resource": {"name": "cpu", "target": {"type": "Utilization", "averageUtilization": 70}},
}
_PATH = {
    "path": "/",
    "pathType": "Prefix",
    "backend": {"service": {"name": "s", "port": {"number": 80}}},
}
_ROLE = {"rules": [{"apiGroups": [""], "resources": ["configmaps"], "verbs": ["get"]}]}
_BINDING = {
    "roleRef": {"apiGroup": RBAC, "kind": "ClusterRole", "name": "r"},
    "subjects": [{"kind": "ServiceAccount", "name": "s", "namespace": "ns"}],
}
BASES: dict[str, dict[str, Any]] = {
    "namespace": _object("v1", "Namespace", {}, ""),
    "account": _object("v1", "ServiceAccount", {}),
    "configmap": _object("v1", "ConfigMap", {"data": {"k": "v"}}),
    "secret": _object("v1", "Secret", {"stringData": {"k": "v"}}),
    "pod": _spec("v1", "Pod", _POD),
    "service": _spec("v1", "Service", {"ports": [{"port": 80}], "selector": _LABELS}),
    "claim": _spec(
        "v1",
        "PersistentVolumeClaim",
        {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}},
    ),
    "quota": _spec("v1", "ResourceQuota", {"hard": {"requests.cpu": "1"}}),
    "limits": _spec("v1", "LimitRange", {"limits": [{"type": "Container"}]}),
    "deployment": _spec("apps/v1", "Deployment", {**_CHOSEN, "template": _TEMPLATE}),
    "replicaset": _spec("apps/v1", "ReplicaSet", {**_CHOSEN, "template": _TEMPLATE}),
    "statefulset": _spec(
        "apps/v1", "StatefulSet", {**_CHOSEN, "template": _TEMPLATE, "serviceName": "a"}
    ),
    "daemonset": _spec("apps/v1", "DaemonSet", {**_CHOSEN, "template": _TEMPLATE}),
    "job": _spec("batch/v1", "Job", _ENDING),
    "cronjob": _spec(
        "batch/v1", "CronJob", {"schedule": "0 4 * * *", "jobTemplate": {"spec": _ENDING}}
    ),
    "hpa": _spec(
        "autoscaling/v2",
        "HorizontalPodAutoscaler",
        {
            "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "a"},
            "minReplicas": 2,
            "maxReplicas": 10,
            "metrics": [_METRIC],
        },
    ),
    "pdb": _spec("policy/v1", "PodDisruptionBudget", {**_CHOSEN, "maxUnavailable": 1}),
    "netpol": _spec(
        "networking.k8s.io/v1",
        "NetworkPolicy",
        {
            "podSelector": {},
            "policyTypes": ["Egress"],
            "egress": [{"to": [{"podSelector": {}}], "ports": [{"port": 80}]}],
        },
    ),
    "ingress": _spec(
        "networking.k8s.io/v1",
        "Ingress",
        {"rules": [{"host": "a.example", "http": {"paths": [_PATH]}}]},
    ),
    "ingressclass": _spec(
        "networking.k8s.io/v1", "IngressClass", {"controller": "example.com/c"}, ""
    ),
    "role": _object(f"{RBAC}/v1", "Role", _ROLE),
    "clusterrole": _object(f"{RBAC}/v1", "ClusterRole", _ROLE, ""),
    "rolebinding": _object(f"{RBAC}/v1", "RoleBinding", _BINDING),
    "clusterrolebinding": _object(f"{RBAC}/v1", "ClusterRoleBinding", _BINDING, ""),
    "priority": _object("scheduling.k8s.io/v1", "PriorityClass", {"value": 1}, ""),
    "storageclass": _object(
        "storage.k8s.io/v1", "StorageClass", {"provisioner": "p.example/p"}, ""
    ),
    "policy": _spec(
        "admissionregistration.k8s.io/v1",
        "ValidatingAdmissionPolicy",
        {
            "matchConstraints": {"resourceRules": [_RULE]},
            "validations": [{"expression": "true"}],
        },
        "",
    ),
    "binding": _spec(
        "admissionregistration.k8s.io/v1",
        "ValidatingAdmissionPolicyBinding",
        {"policyName": "a", "validationActions": ["Deny"]},
        "",
    ),
}
"""By a short name of the kind."""
