"""Pods that Pod Security's `restricted` profile admits, and what keeps them running."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from compiler.derive.deployments import GRACE
from compiler.derive.fleet import Fleet
from compiler.emit.format.json import Object
from compiler.emit.format.kubernetes.containers import (
    CONTAINER_SECURITY,
    POD_SECURITY,
    TMP,
    TMP_MOUNT,
    resources,
)
from compiler.emit.format.kubernetes.labels import Workload, of_workload, pods_of
from compiler.emit.format.kubernetes.objects import metadata
from compiler.emit.format.kubernetes.secrets import external, from_secret
from compiler.model import Resources, Secret
from compiler.model.base import Probe

_SECRETS = "/etc/roster/secrets"


def container(
    image: str,
    ports: Mapping[str, int],
    env: list[Object],
    mounts: list[Object],
    each: Resources,
    probe: Probe,
    args: Sequence[str] = (),
) -> Object:
    """The one container of a pod."""
    live, ready = _probe(probe, probe.live), _probe(probe, probe.ready)
    return {
        "name": "main",
        "image": image,
        "imagePullPolicy": "Always",
        **({"args": list(args)} if args else {}),
        "ports": [{"name": name, "containerPort": port} for name, port in ports.items()],
        **({"env": env} if env else {}),
        "resources": resources(each),
        "startupProbe": {**live, "periodSeconds": 2, "failureThreshold": 30},
        "readinessProbe": {**ready, "periodSeconds": 5},
        "livenessProbe": {**live, "periodSeconds": 10, "failureThreshold": 6},
        "lifecycle": {"preStop": {"sleep": {"seconds": 15}}},
        "securityContext": CONTAINER_SECURITY,
        "volumeMounts": [TMP_MOUNT, *mounts],
    }


def _probe(probe: Probe, path: str) -> Object:
    if probe.type == "tcp":
        return {"tcpSocket": {"port": probe.port}}
    return {"httpGet": {"path": path, "port": probe.port}}


def template(
    fleet: Fleet,
    workload: Workload,
    main: Object,
    volumes: list[Object],
    annotations: Mapping[str, str],
    *,
    token: bool = False,
) -> Object:
    """The pod template of a workload; `token`: it calls the Kubernetes API."""
    part = pods_of(workload)
    meta: Object = {"labels": of_workload(fleet, workload)}
    return {
        "metadata": {**meta, "annotations": dict(annotations)} if annotations else meta,
        "spec": {
            "serviceAccountName": workload.name,
            "automountServiceAccountToken": token,
            "terminationGracePeriodSeconds": GRACE,
            "securityContext": POD_SECURITY,
            "topologySpreadConstraints": [
                {
                    "maxSkew": 1,
                    "topologyKey": "topology.kubernetes.io/zone",
                    "whenUnsatisfiable": "ScheduleAnyway",
                    "labelSelector": {"matchLabels": part},
                }
            ],
            "containers": [main],
            "volumes": [TMP, *volumes],
        },
    }


def deployment(fleet: Fleet, workload: Workload, replicas: int | None, pod: Object) -> Object:
    """A Deployment. Without replicas an HPA owns the number, and git must not hold it."""
    part = pods_of(workload)
    count: Object = {} if replicas is None else {"replicas": replicas}
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": metadata(fleet, workload),
        "spec": {
            **count,
            "revisionHistoryLimit": 3,
            "selector": {"matchLabels": part},
            "strategy": {
                "type": "RollingUpdate",
                "rollingUpdate": {"maxSurge": 1, "maxUnavailable": 0},
            },
            "template": pod,
        },
    }


def service_account(fleet: Fleet, workload: Workload) -> Object:
    """An identity of its own for each workload, without a token in its pods."""
    return {
        "apiVersion": "v1",
        "kind": "ServiceAccount",
        "metadata": metadata(fleet, workload),
        "automountServiceAccountToken": False,
    }


def service(
    fleet: Fleet,
    workload: Workload,
    ports: list[Object],
    labels: Mapping[str, str] = {},
    **spec: Any,
) -> Object:
    """The stable address of a workload."""
    part, meta = pods_of(workload), metadata(fleet, workload)
    return {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {**meta, "labels": {**meta["labels"], **labels}},
        "spec": {"selector": part, "ports": ports, **spec},
    }


def disruption_budget(fleet: Fleet, workload: Workload) -> Object:
    """One pod at a time may be evicted; a sick one always, so that drains never hang."""
    part = pods_of(workload)
    return {
        "apiVersion": "policy/v1",
        "kind": "PodDisruptionBudget",
        "metadata": metadata(fleet, workload),
        "spec": {
            "maxUnavailable": 1,
            "selector": {"matchLabels": part},
            "unhealthyPodEvictionPolicy": "AlwaysAllow",
        },
    }


def external_secret(
    fleet: Fleet, workload: Workload, name: str, data: Mapping[str, tuple[str, str]]
) -> Object:
    """A Secret `name` that External Secrets fills: per key, the path and field in the store."""
    return external(fleet, {**metadata(fleet, workload), "name": name}, data)


def secret_env(secrets: Iterable[Secret], name: str) -> list[Object]:
    """Variables out of the keys of a Secret `name`; for a file, its path."""
    return [
        {"name": secret.name, "value": f"{_SECRETS}/{secret.name}"}
        if secret.file
        else from_secret(secret.name, name)
        for secret in secrets
    ]


def secret_files(secrets: Iterable[Secret], name: str) -> tuple[list[Object], list[Object]]:
    """The mount and the volume of those secrets which are files; nothing where none is."""
    items = [{"key": secret.name, "path": secret.name} for secret in secrets if secret.file]
    if not items:
        return [], []
    mount = {"name": "secrets", "mountPath": _SECRETS, "readOnly": True}
    return [mount], [{"name": "secrets", "secret": {"secretName": name, "items": items}}]
