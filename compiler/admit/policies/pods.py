"""The Pod that a workload's controller will create, with the defaults that the API server sets."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

Object = Mapping[str, Any]
_TEMPLATES = {
    ("apps/v1", "Deployment"): ("spec", "template"),
    ("apps/v1", "StatefulSet"): ("spec", "template"),
    ("apps/v1", "DaemonSet"): ("spec", "template"),
    ("apps/v1", "ReplicaSet"): ("spec", "template"),
    ("batch/v1", "Job"): ("spec", "template"),
    ("batch/v1", "CronJob"): ("spec", "jobTemplate", "spec", "template"),
}
_DEFAULTS = {
    "restartPolicy": "Always",
    "serviceAccountName": "default",
    "securityContext": {},
    "dnsPolicy": "ClusterFirst",
    "schedulerName": "default-scheduler",
    "terminationGracePeriodSeconds": 30,
}


def pod(workload: Object) -> Iterator[Object]:
    """Its pod; nothing for what makes none."""
    route = _TEMPLATES.get((workload["apiVersion"], workload["kind"]))
    if route is not None:
        template: Any = workload
        for part in route:
            template = template[part]
        yield {
            "apiVersion": "v1",
            "kind": "Pod",
            "metadata": _metadata(workload, template.get("metadata") or {}),
            "spec": {**_DEFAULTS, **template["spec"], **_containers(template["spec"])},
        }


def _metadata(workload: Object, template: Object) -> Object:
    own = workload["metadata"]
    name = f"{own['name']}-0"
    metadata = {"name": name, "generateName": f"{own['name']}-"}
    if "namespace" in own:
        metadata["namespace"] = own["namespace"]
    return {**template, **metadata}


def _containers(spec: Object) -> Object:
    """Containers have `resources`, at least empty ones, in all that an API server shows."""
    return {
        key: [{"resources": {}, **container} for container in spec[key]]
        for key in ("initContainers", "containers")
        if key in spec
    }
