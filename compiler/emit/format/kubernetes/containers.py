"""Containers that Pod Security's `restricted` profile admits, and what is in their pods.

Workloads and the platform's components are built of these; each adds what it alone has.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from compiler.derive.quantity import canonical, cpu, millicores
from compiler.emit.format.json import Object
from compiler.model import Amounts, Resources

USER = 65532
"""The user of an image that names none of its own: `nonroot` of distroless images."""
CONTAINER_SECURITY: Object = {
    "allowPrivilegeEscalation": False,
    "readOnlyRootFilesystem": True,
    "capabilities": {"drop": ["ALL"]},
}
TMP_MOUNT: Object = {"name": "tmp", "mountPath": "/tmp"}  # noqa: S108 - a path in the container
TMP: Object = {"name": "tmp", "emptyDir": {"sizeLimit": "64Mi"}}


def pod_security(user: int = USER) -> Object:
    """The security context of a pod whose processes run as a user, and as its group."""
    return {
        "runAsNonRoot": True,
        "runAsUser": user,
        "runAsGroup": user,
        "fsGroup": user,
        "seccompProfile": {"type": "RuntimeDefault"},
    }


def resources(each: Resources) -> Object:
    """Requests and limits in the API server's own notation, so that no diff ever drifts."""
    return {"requests": _amounts(each.requests), "limits": _amounts(each.limits)}


def _amounts(value: Amounts) -> Object:
    return {"cpu": cpu(millicores(value.cpu)), "memory": canonical(value.memory)}


def container(
    image: str,
    resources: Mapping[str, Any],
    *,
    name: str = "main",
    command: Sequence[str] = (),
    args: Sequence[str] = (),
    ports: Mapping[str, int] = {},
    env: Iterable[Object] = (),
    probes: Mapping[str, Object] = {},
    lifecycle: Object | None = None,
    mounts: Iterable[Object] = (),
) -> Object:
    """A container; `ports` by name, `probes` by the field that each fills."""
    lists: Mapping[str, list[Any]] = {
        "command": list(command),
        "args": list(args),
        "ports": [{"name": name, "containerPort": port} for name, port in ports.items()],
        "env": list(env),
    }
    return {
        "name": name,
        "image": image,
        "imagePullPolicy": "Always",
        **{field: items for field, items in lists.items() if items},
        "resources": resources,
        **probes,
        **({"lifecycle": lifecycle} if lifecycle else {}),
        "securityContext": CONTAINER_SECURITY,
        "volumeMounts": list(mounts),
    }


def probes(
    live: Object, ready: Object, *, attempts: int = 30, timeouts: Mapping[str, int] = {}
) -> dict[str, Object]:
    """Startup, in attempts two seconds apart, readiness and liveness.

    `timeouts`: seconds by probe; Kubernetes waits one second where there is none.
    """
    fields = {
        "startupProbe": {**live, "periodSeconds": 2, "failureThreshold": attempts},
        "readinessProbe": {**ready, "periodSeconds": 5},
        "livenessProbe": {**live, "periodSeconds": 10, "failureThreshold": 6},
    }
    return {
        name: {**probe, "timeoutSeconds": timeouts[name]} if name in timeouts else probe
        for name, probe in fields.items()
    }


def http(path: str, port: int) -> Object:
    """A probe that sends a request."""
    return {"httpGet": {"path": path, "port": port}}


def tcp(port: int) -> Object:
    """A probe that opens a connection."""
    return {"tcpSocket": {"port": port}}


def execute(*command: str) -> Object:
    """A probe that runs a program in the container."""
    return {"exec": {"command": list(command)}}


def mount(volume: str, path: str, *, writable: bool = False) -> Object:
    """A volume, at a path in a container."""
    return {"name": volume, "mountPath": path, **({} if writable else {"readOnly": True})}


def empty(name: str, size: str) -> Object:
    """A volume that begins empty with each pod."""
    return {"name": name, "emptyDir": {"sizeLimit": size}}


def of_config(name: str, config_map: str) -> Object:
    """A volume with the files of a ConfigMap."""
    return {"name": name, "configMap": {"name": config_map}}


def of_secret(name: str, secret: str, items: Sequence[Object] = ()) -> Object:
    """A volume with the files of a Secret: all of them, or the items alone."""
    source: Object = {"secretName": secret, **({"items": list(items)} if items else {})}
    return {"name": name, "secret": source}
