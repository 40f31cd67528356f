"""Envoy AI Gateway: an MCPRoute for each server; Envoy Gateway in GatewayNamespace mode."""

from __future__ import annotations

from compiler.gateways.gateway_api import GROUP as GATEWAY_API
from compiler.gateways.product import (
    TOOL_GATEWAY,
    Callers,
    Control,
    Definition,
    Gap,
    Gateway,
    Limit,
    Pods,
    by_path,
    chunks,
)
from compiler.shape import PORT, TEXT, URL, Shape, most

VERSION = "aigateway.envoyproxy.io/v1beta1"
SELECTOR = 32  # tools of a backend's selector
_RULES = 32  # of an MCPRoute
_TOOLS = 16  # of a rule
_SUBJECTS = 128  # of a claim in a rule
_PORT = 8080
_OWNER = "gateway.envoyproxy.io/owning-gateway"
_BACKEND: Shape = {
    "name": TEXT,
    "kind": "Service",
    "port": PORT,
    "path": TEXT,
    "toolSelector?": {"include": most(SELECTOR, TEXT)},
}
_OAUTH: Shape = {
    "issuer": URL,
    "audiences": [TEXT],
    "jwks": {"remoteJWKS": {"uri": URL}},
    "protectedResourceMetadata": {"resource": URL},
}
_RULE: Shape = {
    "action": "Allow",
    "source": {"jwt": {"claims": [{"name": "sub", "values": most(_SUBJECTS, TEXT)}]}},
    "target": {"tools": most(_TOOLS, {"backend": TEXT, "tool": TEXT})},
}
_ROUTE: Shape = {
    "path": TEXT,
    "parentRefs": [{"group": GATEWAY_API, "kind": "Gateway", "name": TEXT}],
    "backendRefs": most(1, _BACKEND),
    "securityPolicy": {
        "oauth": _OAUTH,
        "authorization": {"defaultAction": "Deny", "rules": most(_RULES, _RULE)},
    },
}


def rules(callers: Callers) -> list[tuple[tuple[tuple[str, str], ...], tuple[str, ...]]]:
    """The rules of an MCPRoute: callers of one set of tools together, and a part of those tools."""
    by_tools: dict[tuple[str, ...], list[tuple[str, str]]] = {}
    for client, tools in callers.items():
        by_tools.setdefault(tools, []).append(client)
    return [
        (tuple(clients), tuple(part))
        for tools, group in by_tools.items()
        for clients in chunks(group, _SUBJECTS)
        for part in chunks(tools, _TOOLS)
    ]


GATEWAY = Gateway(
    name="envoy-ai-gateway",
    versions={"Envoy AI Gateway": "1.1", "Envoy Gateway": "1.8"},
    pods=Pods(
        name=TOOL_GATEWAY,
        port=_PORT,
        account=lambda _: TOOL_GATEWAY,
        labels=lambda namespace: {
            f"{_OWNER}-name": TOOL_GATEWAY,
            f"{_OWNER}-namespace": namespace,
        },
    ),
    control=Control("envoy-gateway-system", {"control-plane": "envoy-gateway"}, 18000),
    endpoint=by_path(_PORT),
    prefix="{}__",
    proof="token",
    calls_api=True,
    reads_keys=True,
    pod_security="restricted",
    definitions=(Definition(VERSION, "MCPRoute", _ROUTE),),
    limit=Limit("an MCPRoute", _RULES, lambda callers: len(rules(callers))),
    gaps=(
        Gap(
            "decides about tools alone, not about prompts and resources",
            "keep servers behind it that offer neither",
        ),
    ),
)
