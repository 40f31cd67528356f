"""Closed schemas of the custom resources that we emit: just the part of each that we use.

They are held against the operators' own CRDs in the tests.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from compiler.admit import gitops, images
from compiler.admit.shape import COUNT, PORT, TEXT, URL, Raw, Shape, most, schema

_ROUTES = "gateway.networking.k8s.io"
_ISTIO, _AGENTGATEWAY = "security.istio.io/v1", "agentgateway.dev/v1alpha1"
_TOOLHIVE, _KAGENT = "toolhive.stacklok.dev/v1beta1", "kagent.dev/v1alpha2"
_AGENTIC = "agentic.networking.x-k8s.io"
_METADATA: Mapping[str, Shape] = {
    "name": TEXT,
    "namespace": TEXT,
    "labels?": {"*": TEXT},
    "annotations?": {"*": TEXT},
    "finalizers?": [TEXT],
}
_NAMED: Shape = {"name": TEXT}
_EXTERNAL_SECRET: Shape = {
    "refreshPolicy": ("CreatedOnce", "OnChange", "Periodic"),
    "refreshInterval": Raw({"type": "string", "pattern": "^[0-9]+(s|m|h)$"}),
    "secretStoreRef": {"kind": ("SecretStore", "ClusterSecretStore"), "name": TEXT},
    "target": {
        "name": TEXT,
        "creationPolicy": ("Owner", "Orphan", "Merge", "None"),
        "deletionPolicy": ("Delete", "Merge", "Retain"),
        "template?": {"engineVersion": "v2", "data": {"*": TEXT}},
    },
    "data": [{"secretKey": TEXT, "remoteRef": {"key": TEXT, "property": TEXT}}],
}
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
_REWRITE: Shape = {"path": {"type": "ReplacePrefixMatch", "replacePrefixMatch": TEXT}}
_ROUTE: Shape = {
    "parentRefs": [{"group": _ROUTES, "kind": "Gateway", "name": TEXT}],
    "rules": [
        {
            "matches": [{"path": {"type": "PathPrefix", "value": TEXT}}],
            "filters?": [{"type": "URLRewrite", "urlRewrite": _REWRITE}],
            "backendRefs": [{"group": TEXT, "kind": TEXT, "name": TEXT}],
        }
    ],
}
_AUTHORIZATION: Shape = {
    "targetRefs?": most(16, {"group": Raw({"enum": ["", _ROUTES]}), "kind": TEXT, "name": TEXT}),
    "selector?": {"matchLabels": {"*": TEXT}},
    "action?": "ALLOW",
    "rules?": most(
        512,
        {
            "from": [{"source": {"serviceAccounts": most(16, TEXT)}}],
            "to?": [{"operation": {"methods?": [TEXT], "paths?": [TEXT], "ports?": [TEXT]}}],
            "when?": [{"key": TEXT, "values": [TEXT]}],
        },
    ),
}
_RULES: Shape = {"action": "Allow", "policy": {"matchExpressions": most(256, TEXT)}}
_BACKEND: Shape = {
    "mcp": {
        "failureMode": "FailClosed",
        "targets": most(
            32,
            {
                "name": TEXT,
                "static": {"host": TEXT, "port": PORT, "path": TEXT, "protocol": "StreamableHTTP"},
            },
        ),
    },
    "policies": {"mcp": {"authorization": _RULES}},
}
_REFERENCE: Shape = {
    "group": Raw({"type": "string"}),
    "kind": TEXT,
    "name": TEXT,
    "namespace?": TEXT,
    "port?": PORT,
}
_POLICY: Shape = {
    "targetRefs": most(16, _REFERENCE),
    "strategy?": {"inheritance": "Override"},
    "traffic?": {
        "jwtAuthentication": {
            "mode": "Strict",
            "providers": [
                {
                    "issuer": URL,
                    "audiences": [TEXT],
                    "jwks": {"remote": {"jwksPath": TEXT, "backendRef": _REFERENCE}},
                }
            ],
        }
    },
    "backend?": {
        "mcp?": {"authorization": _RULES},
        "tls?": {"caCertificateRefs": [_NAMED], "sni": TEXT},
    },
}
_ACCESS: Shape = {
    "targetRefs": most(1, _REFERENCE),
    "action": "Allow",
    "rules": most(
        10,
        {
            "name": Raw({"type": "string", "maxLength": 63}),
            "source": {
                "type": "ServiceAccount",
                "serviceAccount": {"name": TEXT, "namespace": TEXT},
            },
            "authorization": {
                "type": ("Inline", "CEL"),
                "cel?": {"expression": TEXT},
                "mcp?": {
                    "mcpBaseProtocolMethodsOption": "MATCH_BASE_PROTOCOL_METHODS",
                    "methods?": most(
                        1,
                        {
                            "name": "tools/call",
                            "params": most(10, Raw({"type": "string", "maxLength": 20})),
                        },
                    ),
                },
            },
        },
    ),
}
_MCP_ROUTE: Shape = {
    "path": TEXT,
    "parentRefs": [{"group": _ROUTES, "kind": "Gateway", "name": TEXT}],
    "backendRefs": most(
        1,
        {
            "name": TEXT,
            "kind": "Service",
            "port": PORT,
            "path": TEXT,
            "toolSelector?": {"include": most(32, TEXT)},
        },
    ),
    "securityPolicy": {
        "oauth": {
            "issuer": URL,
            "audiences": [TEXT],
            "jwks": {"remoteJWKS": {"uri": URL}},
            "protectedResourceMetadata": {"resource": URL},
        },
        "authorization": {
            "defaultAction": "Deny",
            "rules": most(
                32,
                {
                    "action": "Allow",
                    "source": {"jwt": {"claims": [{"name": "sub", "values": most(128, TEXT)}]}},
                    "target": {"tools": most(16, {"backend": TEXT, "tool": TEXT})},
                },
            ),
        },
    },
}
_VIRTUAL: Shape = {
    "groupRef": _NAMED,
    "incomingAuth": {
        "type": "oidc",
        "oidcConfigRef": {"name": TEXT, "audience": TEXT},
        "authzConfigRef": _NAMED,
    },
    "config": {
        "aggregation": {
            "conflictResolution": "prefix",
            "conflictResolutionConfig": {"prefixFormat": TEXT},
        }
    },
}
_TOOL: Shape = {
    "type": ("McpServer", "Agent"),
    "agent?": {"apiGroup": "kagent.dev", "kind": "Agent", "name": TEXT},
    "mcpServer?": {
        "apiGroup": "kagent.dev",
        "kind": "RemoteMCPServer",
        "name": TEXT,
        "toolNames": most(50, TEXT),
        "requireApproval?": most(50, TEXT),
    },
    "headersFrom?": [{"name": TEXT, "valueFrom": {"type": "Secret", "name": TEXT, "key": TEXT}}],
}
_ANY = Raw({"type": "object"})
_DEPLOYMENT: Shape = {
    "replicas": COUNT,
    "labels": {"*": TEXT},
    "resources": {"requests": {"*": TEXT}, "limits": {"*": TEXT}},
    "podSecurityContext": _ANY,
    "securityContext": _ANY,
    "volumes": [_ANY],
    "volumeMounts": [{"name": TEXT, "mountPath": TEXT}],
}
_AGENT: Shape = {
    "type": "Declarative",
    "description": TEXT,
    "declarative": {
        "modelConfig": TEXT,
        "systemMessage": TEXT,
        "tools?": most(20, _TOOL),
        "deployment": _DEPLOYMENT,
    },
}

SPECS: Mapping[tuple[str, str], Shape] = {
    **images.SPECS,
    ("argoproj.io/v1alpha1", "Application"): gitops.APPLICATION,
    ("argoproj.io/v1alpha1", "AppProject"): gitops.PROJECT,
    ("external-secrets.io/v1", "ExternalSecret"): _EXTERNAL_SECRET,
    (f"{_ROUTES}/v1", "Gateway"): _GATEWAY,
    (f"{_ROUTES}/v1", "HTTPRoute"): _ROUTE,
    (_ISTIO, "AuthorizationPolicy"): _AUTHORIZATION,
    (_ISTIO, "PeerAuthentication"): {"mtls": {"mode": "STRICT"}},
    (_AGENTGATEWAY, "AgentgatewayBackend"): _BACKEND,
    (_AGENTGATEWAY, "AgentgatewayPolicy"): _POLICY,
    (_AGENTGATEWAY, "AgentgatewayParameters"): _PARAMETERS,
    (f"{_AGENTIC}/v0alpha0", "XBackend"): {
        "mcp": {"serviceName": TEXT, "port": PORT, "path": TEXT}
    },
    (f"{_AGENTIC}/v1alpha1", "XAccessPolicy"): _ACCESS,
    ("aigateway.envoyproxy.io/v1beta1", "MCPRoute"): _MCP_ROUTE,
    (_TOOLHIVE, "MCPGroup"): {"description": TEXT},
    (_TOOLHIVE, "MCPServerEntry"): {
        "remoteUrl": URL,
        "transport": "streamable-http",
        "groupRef": _NAMED,
    },
    (_TOOLHIVE, "MCPOIDCConfig"): {
        "type": "kubernetesServiceAccount",
        "kubernetesServiceAccount": {"issuer": URL},
    },
    (_TOOLHIVE, "MCPAuthzConfig"): {
        "type": "cedarv1",
        "config": {"policies": [TEXT], "entities_json": TEXT},
    },
    (_TOOLHIVE, "VirtualMCPServer"): _VIRTUAL,
    (_KAGENT, "ModelConfig"): {
        "provider": TEXT,
        "model": TEXT,
        "apiKeySecret": TEXT,
        "apiKeySecretKey": TEXT,
    },
    (_KAGENT, "RemoteMCPServer"): {
        "description": TEXT,
        "url": URL,
        "protocol": "STREAMABLE_HTTP",
    },
    (_KAGENT, "Agent"): _AGENT,
}
"""The `spec` of each custom resource, by apiVersion and kind."""


def document(kind: tuple[str, str]) -> dict[str, Any]:
    """The JSON Schema of a whole object of a kind in SPECS; some belong to the whole cluster."""
    version, name = kind
    wide = {key: shape for key, shape in _METADATA.items() if key != "namespace"}
    metadata = wide if kind in images.SPECS else _METADATA
    return schema({"apiVersion": version, "kind": name, "metadata": metadata, "spec": SPECS[kind]})
