"""The Gateway API (1.3), which most of the products take their Gateways and routes from."""

from __future__ import annotations

from compiler.gateways.product import Definition
from compiler.shape import PORT, TEXT, Raw, Shape

GROUP = "gateway.networking.k8s.io"
VERSION = f"{GROUP}/v1"
_GATEWAY: Shape = {
    "gatewayClassName": TEXT,
    "infrastructure?": {
        "parametersRef": {"group": Raw({"type": "string"}), "kind": TEXT, "name": TEXT}
    },
    "listeners": [
        {
            "name": TEXT,
            "port": PORT,
            "protocol": ("HTTP", "HTTPS", "HBONE"),
            "allowedRoutes?": {"namespaces": {"from": "Same"}},
        }
    ],
}
_REWRITE: Shape = {"path": {"type": "ReplacePrefixMatch", "replacePrefixMatch": TEXT}}
_ROUTE: Shape = {
    "parentRefs": [{"group": GROUP, "kind": "Gateway", "name": TEXT}],
    "rules": [
        {
            "matches": [{"path": {"type": "PathPrefix", "value": TEXT}}],
            "filters?": [{"type": "URLRewrite", "urlRewrite": _REWRITE}],
            "backendRefs": [{"group": TEXT, "kind": TEXT, "name": TEXT}],
        }
    ],
}
DEFINITIONS = (Definition(VERSION, "Gateway", _GATEWAY), Definition(VERSION, "HTTPRoute", _ROUTE))
REFERENCE: Shape = {
    "group": Raw({"type": "string"}),
    "kind": TEXT,
    "name": TEXT,
    "namespace?": TEXT,
    "port?": PORT,
}
"""A reference to the object that a policy is about, or to a backend."""
