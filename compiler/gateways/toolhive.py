"""ToolHive: one virtual MCP server for all servers of a namespace, and policies in Cedar."""

from __future__ import annotations

from compiler.gateways.product import TOOL_GATEWAY, Address, Definition, Endpoint, Gateway, Pods
from compiler.shape import TEXT, URL, Shape

VERSION = "toolhive.stacklok.dev/v1beta1"
_PORT = 4483
_APP = "app.kubernetes.io"
_NAMED: Shape = {"name": TEXT}
_AGGREGATION: Shape = {
    "conflictResolution": "prefix",
    "conflictResolutionConfig": {"prefixFormat": TEXT},
}
_VIRTUAL: Shape = {
    "groupRef": _NAMED,
    "incomingAuth": {
        "type": "oidc",
        "oidcConfigRef": {"name": TEXT, "audience": TEXT},
        "authzConfigRef": _NAMED,
    },
    "config": {"aggregation": _AGGREGATION},
}


def endpoint(address: Address) -> Endpoint:
    """One for all servers of the namespace."""
    name = f"{TOOL_GATEWAY}-shared" if address.shared else TOOL_GATEWAY
    return Endpoint(name, f"http://vmcp-{TOOL_GATEWAY}.{address.namespace}.svc:{_PORT}/mcp")


GATEWAY = Gateway(
    name="toolhive",
    versions={"ToolHive": "0.44"},
    pods=Pods(
        name=TOOL_GATEWAY,
        port=_PORT,
        account=lambda _: f"{TOOL_GATEWAY}-vmcp",
        labels=lambda _: {
            f"{_APP}/name": "virtualmcpserver",
            f"{_APP}/instance": TOOL_GATEWAY,
        },
    ),
    control=None,
    endpoint=endpoint,
    prefix="{}_",
    proof="token",
    calls_api=True,
    reads_keys=True,
    pod_security="restricted",
    definitions=(
        Definition(VERSION, "MCPGroup", {"description": TEXT}),
        Definition(
            VERSION,
            "MCPServerEntry",
            {"remoteUrl": URL, "transport": "streamable-http", "groupRef": _NAMED},
        ),
        Definition(
            VERSION,
            "MCPOIDCConfig",
            {"type": "kubernetesServiceAccount", "kubernetesServiceAccount": {"issuer": URL}},
        ),
        Definition(
            VERSION,
            "MCPAuthzConfig",
            {"type": "cedarv1", "config": {"policies": [TEXT], "entities_json": TEXT}},
        ),
        Definition(VERSION, "VirtualMCPServer", _VIRTUAL),
    ),
)
