"""agentgateway: a Gateway that reads the body of a call, and judges it by expressions of CEL."""

from __future__ import annotations

from compiler.gateways.gateway_api import GROUP as GATEWAY_API
from compiler.gateways.gateway_api import REFERENCE
from compiler.gateways.product import TOOL_GATEWAY, Control, Definition, Gateway, Pods, by_path
from compiler.shape import PORT, TEXT, URL, Raw, Shape, most

GROUP = "agentgateway.dev"
VERSION = f"{GROUP}/v1alpha1"
EXPRESSIONS = 256  # of an AgentgatewayPolicy; one of them may have 16,384 characters
EXPRESSION_TOOLS = 100
_PORT = 8080
_APP = "app.kubernetes.io"
_TRUE, _FALSE = Raw({"const": True}), Raw({"const": False})
_POD: Shape = {
    "securityContext": {"runAsNonRoot": _TRUE, "seccompProfile": {"type": "RuntimeDefault"}},
    "containers": [
        {
            "name": TEXT,
            "securityContext": {
                "allowPrivilegeEscalation": _FALSE,
                "readOnlyRootFilesystem": _TRUE,
                "runAsNonRoot": _TRUE,
                "capabilities": {"drop": ["ALL"]},
            },
        }
    ],
}
_PARAMETERS: Shape = {
    "resources": {"requests": {"*": TEXT}, "limits": {"*": TEXT}},
    "deployment": {"spec": {"template": {"spec": _POD}}},
    "service": {"spec": {"type": "ClusterIP"}},
}
_AUTHORIZATION: Shape = {
    "action": "Allow",
    "policy": {"matchExpressions": most(EXPRESSIONS, TEXT)},
}
_STATIC: Shape = {"host": TEXT, "port": PORT, "path": TEXT, "protocol": "StreamableHTTP"}
_BACKEND: Shape = {
    "mcp": {"failureMode": "FailClosed", "targets": most(32, {"name": TEXT, "static": _STATIC})},
    "policies": {"mcp": {"authorization": _AUTHORIZATION}},
}
_PROVIDER: Shape = {
    "issuer": URL,
    "audiences": [TEXT],
    "jwks": {"remote": {"jwksPath": TEXT, "backendRef": REFERENCE}},
}
_POLICY: Shape = {
    "targetRefs": most(16, REFERENCE),
    "strategy?": {"inheritance": "Override"},
    "traffic?": {"jwtAuthentication": {"mode": "Strict", "providers": [_PROVIDER]}},
    "backend?": {
        "mcp?": {"authorization": _AUTHORIZATION},
        "tls?": {"caCertificateRefs": [{"name": TEXT}], "sni": TEXT},
    },
}
GATEWAY = Gateway(
    name="agentgateway",
    versions={"agentgateway": "1.4"},
    pods=Pods(
        name=TOOL_GATEWAY,
        port=_PORT,
        account=lambda _: TOOL_GATEWAY,
        labels=lambda _: {
            f"{_APP}/name": TOOL_GATEWAY,
            f"{_APP}/instance": TOOL_GATEWAY,
            f"{GATEWAY_API}/gateway-name": TOOL_GATEWAY,
        },
    ),
    control=Control("agentgateway-system", {f"{_APP}/name": "agentgateway"}, 9978),
    endpoint=by_path(_PORT),
    prefix="",
    proof="token",
    calls_api=False,
    reads_keys=True,
    pod_security="restricted",
    definitions=(
        Definition(VERSION, "AgentgatewayBackend", _BACKEND),
        Definition(VERSION, "AgentgatewayParameters", _PARAMETERS),
        Definition(VERSION, "AgentgatewayPolicy", _POLICY, wide=True),
    ),
)
