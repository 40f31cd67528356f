"""What the pods of proxies need to be admitted under Pod Security's `restricted` profile.

Their controllers make them from the parameters that a Gateway refers to; neither Istio's nor
agentgateway's sets a seccomp profile by itself.
"""

from __future__ import annotations

from compiler.derive.fleet import Fleet
from compiler.derive.proxies import Proxy
from compiler.emit.format.json import Object
from compiler.emit.format.kubernetes.proxies import meta

_POD: Object = {"runAsNonRoot": True, "seccompProfile": {"type": "RuntimeDefault"}}


def reference(proxy: Proxy, group: str, kind: str) -> Object:
    """The part of a Gateway that points at its parameters, an object of that kind."""
    return {"parametersRef": {"group": group, "kind": kind, "name": _name(proxy)}}


def metadata(fleet: Fleet, proxy: Proxy) -> Object:
    """Name, namespace and labels of a proxy's parameters."""
    return meta(fleet, proxy, _name(proxy))


def pods(container: Object) -> Object:
    """The part of a Deployment's `spec` that is merged into what the controller makes."""
    return {"template": {"spec": {"securityContext": _POD, "containers": [container]}}}


def _name(proxy: Proxy) -> str:
    return f"{proxy.name}-parameters"
