"""Workloads, their accounts, addresses and disruption budgets: of metadata, selector and pods.

The selector is the labels by which the pods of a workload are found.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from hashlib import sha256
from typing import Any

from compiler.emit.format.json import Object
from compiler.emit.format.kubernetes.objects import custom


def template(
    account: str,
    labels: Mapping[str, str],
    selector: Mapping[str, str],
    containers: Iterable[Object],
    volumes: Iterable[Object],
    *,
    security: Object,
    grace: int,
    annotations: Mapping[str, str] = {},
    token: bool = False,
    **spec: Any,
) -> Object:
    """A pod template, spread over zones.

    `token`: whether its processes call the Kubernetes API; `grace`: seconds to end in.
    """
    spread = {
        "maxSkew": 1,
        "topologyKey": "topology.kubernetes.io/zone",
        "whenUnsatisfiable": "ScheduleAnyway",
        "labelSelector": {"matchLabels": dict(selector)},
    }
    meta: Object = {"labels": dict(labels)}
    return {
        "metadata": {**meta, "annotations": dict(annotations)} if annotations else meta,
        "spec": {
            "serviceAccountName": account,
            "automountServiceAccountToken": token,
            "terminationGracePeriodSeconds": grace,
            "securityContext": security,
            "topologySpreadConstraints": [spread],
            "containers": list(containers),
            "volumes": list(volumes),
            **spec,
        },
    }


def config_digest(domain: str, files: Mapping[str, str]) -> dict[str, str]:
    """An annotation of pods that changes with the files of their ConfigMap, and replaces them."""
    text = json.dumps(dict(files), sort_keys=True)
    return {f"{domain}/config": sha256(text.encode()).hexdigest()[:16]}


def deployment(
    meta: Object, selector: Mapping[str, str], pod: Object, replicas: int | None
) -> Object:
    """A Deployment. Without replicas an HPA owns the number, and git must not hold it."""
    strategy = {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": 1, "maxUnavailable": 0}}
    spec = {
        **_replicas(replicas),
        "revisionHistoryLimit": 3,
        "selector": {"matchLabels": dict(selector)},
        "strategy": strategy,
        "template": pod,
    }
    return custom("apps/v1", "Deployment", meta, spec)


def stateful_set(
    meta: Object,
    selector: Mapping[str, str],
    pod: Object,
    replicas: int | None,
    *,
    service: str,
    claim: Object,
    **spec: Any,
) -> Object:
    """A StatefulSet: each replica has a volume of its own, which stays when the replica goes."""
    whole = {
        **_replicas(replicas),
        "revisionHistoryLimit": 3,
        "selector": {"matchLabels": dict(selector)},
        "serviceName": service,
        "persistentVolumeClaimRetentionPolicy": {"whenDeleted": "Retain", "whenScaled": "Retain"},
        "template": pod,
        "volumeClaimTemplates": [claim],
        **spec,
    }
    return custom("apps/v1", "StatefulSet", meta, whole)


def _replicas(count: int | None) -> Object:
    return {} if count is None else {"replicas": count}


def claim(size: str, mode: str, labels: Mapping[str, str] = {}) -> Object:
    """The claim of a volume `data`, of a size and an access mode."""
    meta: Object = {"name": "data", **({"labels": dict(labels)} if labels else {})}
    spec = {"accessModes": [mode], "resources": {"requests": {"storage": size}}}
    return {"metadata": meta, "spec": spec}


def config_map(meta: Object, data: Mapping[str, str]) -> Object:
    """Files for pods to read."""
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": meta, "data": dict(data)}


def service_account(meta: Object) -> Object:
    """An identity of its own for each workload, without a token in its pods."""
    return {
        "apiVersion": "v1",
        "kind": "ServiceAccount",
        "metadata": meta,
        "automountServiceAccountToken": False,
    }


def service(
    meta: Object, selector: Mapping[str, str], ports: Iterable[Object], **spec: Any
) -> Object:
    """The stable address of a workload."""
    whole = {"selector": dict(selector), "ports": list(ports), **spec}
    return custom("v1", "Service", meta, whole)


HEADLESS: Mapping[str, Any] = {"clusterIP": "None", "publishNotReadyAddresses": True}
"""Of a Service that names each pod, ready or not."""


def disruption_budget(meta: Object, selector: Mapping[str, str]) -> Object:
    """One pod at a time may be evicted; a sick one always, so that drains never hang."""
    spec = {
        "maxUnavailable": 1,
        "selector": {"matchLabels": dict(selector)},
        "unhealthyPodEvictionPolicy": "AlwaysAllow",
    }
    return custom("policy/v1", "PodDisruptionBudget", meta, spec)
