"""What every container of ours has: Pod Security's `restricted` profile, and sizes."""

from __future__ import annotations

from compiler.derive.quantity import canonical, cpu, millicores
from compiler.emit.format.json import Object
from compiler.model import Amounts, Resources

CONTAINER_SECURITY: Object = {
    "allowPrivilegeEscalation": False,
    "readOnlyRootFilesystem": True,
    "capabilities": {"drop": ["ALL"]},
}
POD_SECURITY: Object = {
    "runAsNonRoot": True,
    "runAsUser": 65532,
    "runAsGroup": 65532,
    "fsGroup": 65532,
    "seccompProfile": {"type": "RuntimeDefault"},
}
TMP_MOUNT: Object = {"name": "tmp", "mountPath": "/tmp"}  # noqa: S108 - a path in the container
TMP: Object = {"name": "tmp", "emptyDir": {"sizeLimit": "64Mi"}}


def resources(each: Resources) -> Object:
    """Requests and limits in the API server's own notation, so that no diff ever drifts."""
    return {"requests": _amounts(each.requests), "limits": _amounts(each.limits)}


def _amounts(value: Amounts) -> Object:
    return {"cpu": cpu(millicores(value.cpu)), "memory": canonical(value.memory)}
