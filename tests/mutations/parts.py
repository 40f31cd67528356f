"""Names and parts that mutations of several layers share."""

from __future__ import annotations

from typing import Any

from tests.mutations.changes import Change, Files

AA, AS, BS, SHARED = "alpha-agents", "alpha-mcp-servers", "beta-mcp-servers", "mcp-servers"
NETPOL, AUTHZ = "NetworkPolicy", "AuthorizationPolicy"
DEV = "system:serviceaccount:alpha-agents:dev"
CLIENT, CALL = f'principal == Client::"{DEV}"', 'action == Action::"call_tool"'
OPS = "system:serviceaccount:alpha-agents:ops"
ALL_PODS = {"podSelector": {}, "policyTypes": ["Ingress"], "ingress": [{}]}
SERVICE = {"group": "", "kind": "Service", "name": "github"}
BACKEND = {"group": "agentgateway.dev", "kind": "AgentgatewayBackend", "name": "old"}
GATEWAY = {"group": "gateway.networking.k8s.io", "kind": "Gateway", "name": "tool-gateway"}
XBACKEND = {"group": "agentic.networking.x-k8s.io", "kind": "XBackend", "name": "github"}
RULES = "spec.backend.mcp.authorization.policy.matchExpressions"
RBAC = "rbac.authorization.k8s.io"


def both(*changes: Change) -> Change:
    def apply(files: Files) -> None:
        for change in changes:
            change(files)

    return apply


def named(name: str, namespace: str = AS) -> dict[str, Any]:
    return {"name": name, "namespace": namespace}
