"""What is known of each product that decides about tool calls, in one descriptor each.

To add one: its descriptor in a file beside this one, and its line below; its emitter in
`emit/clusters/`, and a line in EMITTERS; its reader in `verify/`, which states its own facts, and a
line in GATEWAYS there; its mutations in `tests/mutations/`. The rest follows: names in the spec,
schemas, limits, network policies, service accounts, rights, endpoints and Argo CD's permissions.
"""

from __future__ import annotations

from collections.abc import Mapping

from compiler.gateways import (
    agentgateway,
    agentic_networking,
    envoy_ai_gateway,
    gateway_api,
    kagent,
    mesh,
    toolhive,
)
from compiler.gateways.product import AUDIENCE, Callers, Definition, Gateway, Runtime, chunks

__all__ = [
    "AUDIENCE",
    "DEFINITIONS",
    "GATEWAYS",
    "LAYERS",
    "MESH",
    "Callers",
    "Definition",
    "Gateway",
    "chunks",
]

MESH = mesh.GATEWAY
GATEWAYS: Mapping[str, Gateway] = {
    gateway.name: gateway
    for gateway in (
        MESH,
        agentgateway.GATEWAY,
        toolhive.GATEWAY,
        agentic_networking.GATEWAY,
        envoy_ai_gateway.GATEWAY,
    )
}
"""By name."""
RUNTIMES: Mapping[str, Runtime] = {kagent.RUNTIME.name: kagent.RUNTIME}
LAYERS: tuple[str, ...] = (*(name for name in GATEWAYS if name != MESH.name), *RUNTIMES)
"""The names that `platform.layers` may hold."""
DEFINITIONS: tuple[Definition, ...] = (
    *gateway_api.DEFINITIONS,
    *(definition for gateway in GATEWAYS.values() for definition in gateway.definitions),
    *(definition for runtime in RUNTIMES.values() for definition in runtime.definitions),
)
"""Every custom resource that we emit for them."""
