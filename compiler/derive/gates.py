"""Gates: what decides about single calls on their way to a server, in each cluster.

MCP revision 2026-07-28 has method and tool in headers, so that a mesh can decide. Before it, only a
tool gateway can, which reads the body. Without either, whoever reaches the server may call all.
"""

from __future__ import annotations

from typing import get_args

from compiler.derive.fleet import Gate
from compiler.model import Cluster, MCPServer, Platform

HEADERS = "2026-07-28"
"""The first revision of MCP that says method and tool in headers."""
AUDIENCE = "tool-gateway"
"""The audience of the tokens that agents show to a tool gateway."""
GATEWAYS: tuple[Gate, ...] = get_args(Gate)[2:]
NEEDS_API: tuple[Gate, ...] = ("toolhive", "envoy-ai-gateway")
"""Gateways whose proxies themselves call the API server: for the keys of tokens, and backends."""


def meshed(platform: Platform, cluster: Cluster) -> bool:
    """Whether a cluster runs the platform's mesh."""
    return platform.mesh != "none" and platform.mesh in cluster.installed


def has(platform: Platform, cluster: Cluster, layer: str) -> bool:
    """Whether a layer is switched on, and installed in a cluster."""
    return layer in platform.layers and layer in cluster.installed


def gate(platform: Platform, cluster: Cluster, server: MCPServer) -> Gate:
    """What stands before a server in a cluster.

    A server with a volume has a headless Service, which a mesh's waypoint never sees (Istio:
    waypoints take traffic that is addressed to a Service).
    """
    by_header = server.transport.protocolVersion >= HEADERS and server.storage is None
    if meshed(platform, cluster) and by_header:
        return "mesh"
    layers = (layer for layer in platform.layers if has(platform, cluster, layer))
    return next((g for layer in layers for g in GATEWAYS if g == layer), "direct")
