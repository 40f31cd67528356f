"""What the pods of proxies need to be admitted under Pod Security's `restricted` profile.

Their controllers make them, so this is told through a Gateway's `infrastructure.parametersRef`:
Istio 1.30 merges the texts of a ConfigMap into what it makes, agentgateway 1.4 its own parameters.
Neither sets a seccomp profile by itself; agentgateway's Service would ask for a load balancer.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from compiler.derive.capacity import DEFAULTS
from compiler.derive.fleet import Fleet, Gate
from compiler.emit.clusters.proxies import Proxy, meta, origins
from compiler.emit.format.json import Object
from compiler.emit.format.kubernetes.containers import resources
from compiler.emit.format.kubernetes.objects import custom, file
from compiler.emit.format.yaml import dump
from compiler.file import File

_GROUP = "agentgateway.dev"
_POD: Object = {"runAsNonRoot": True, "seccompProfile": {"type": "RuntimeDefault"}}
_CONTAINER: Object = {
    "allowPrivilegeEscalation": False,
    "readOnlyRootFilesystem": True,
    "runAsNonRoot": True,
    "capabilities": {"drop": ["ALL"]},
}


class Reference(NamedTuple):
    """What a Gateway's `parametersRef` names."""

    group: str
    kind: str


REFERENCES: Mapping[Gate, Reference] = {
    "mesh": Reference("", "ConfigMap"),
    "agentgateway": Reference(_GROUP, "AgentgatewayParameters"),
}


def reference(proxy: Proxy) -> Object:
    """The part of a Gateway that points at its parameters."""
    group, kind = REFERENCES[proxy.gate]
    return {"parametersRef": {"group": group, "kind": kind, "name": _name(proxy)}}


def emit(fleet: Fleet, proxy: Proxy) -> File:
    """The parameters of a proxy."""
    own, sizes = meta(fleet, proxy, _name(proxy)), resources(DEFAULTS)
    if proxy.gate == "mesh":
        main = {"name": "istio-proxy", "resources": sizes}
        text = dump({"spec": _pods(main)})
        object = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": own}
        object["data"] = {"deployment": text}
    else:
        main = {"name": "agentgateway", "securityContext": _CONTAINER}
        spec: Object = {
            "resources": sizes,
            "deployment": {"spec": _pods(main)},
            "service": {"spec": {"type": "ClusterIP"}},
        }
        object = custom(f"{_GROUP}/v1alpha1", "AgentgatewayParameters", own, spec)
    return file(proxy.folder, proxy.cluster, object, *origins(fleet, proxy))


def _name(proxy: Proxy) -> str:
    return f"{proxy.name}-parameters"


def _pods(main: Object) -> Object:
    return {"template": {"spec": {"securityContext": _POD, "containers": [main]}}}
