"""Gates: the gateway or mesh that decides about single calls to a server, in each cluster.

MCP revision 2026-07-28 has method and tool in headers, so that a mesh can decide. Before it, only a
tool gateway can, which reads the body. Without either, a caller of a server may call every tool.
"""

from __future__ import annotations

from compiler.gateways import GATEWAYS, MESH, Gateway
from compiler.model import Cluster, MCPServer, Platform

HEADERS = "2026-07-28"
"""The first revision of MCP with method and tool in headers."""


def meshed(platform: Platform, cluster: Cluster) -> bool:
    """Whether a cluster runs the platform's mesh."""
    return platform.mesh != "none" and platform.mesh in cluster.installed


def has(platform: Platform, cluster: Cluster, layer: str) -> bool:
    """Whether a layer is switched on, and installed in a cluster."""
    return layer in platform.layers and layer in cluster.installed


def gateway(platform: Platform, cluster: Cluster, server: MCPServer) -> Gateway | None:
    """The product that decides about calls to a server in a cluster, if there is one.

    A server with a volume has a headless Service, which a mesh's waypoint never sees (Istio:
    waypoints take traffic that is addressed to a Service).
    """
    by_header = server.transport.protocolVersion >= HEADERS and server.storage is None
    if meshed(platform, cluster) and by_header:
        return MESH
    layers = (layer for layer in platform.layers if has(platform, cluster, layer))
    return next((GATEWAYS[layer] for layer in layers if layer in GATEWAYS), None)
