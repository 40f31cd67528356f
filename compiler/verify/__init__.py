"""A second, independent opinion: what the generated files permit, against what the specs say.

It reads texts and nothing else: one reader for each layer, which knows how the layer's own consumer
reads them (Cedar and CEL are judged by their engines), and shares nothing with what wrote them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Protocol

from compiler.parse import Document
from compiler.verify import (
    agent_config,
    agentgateway,
    agentic_networking,
    argocd,
    bridges,
    cards,
    clients,
    envoy_ai_gateway,
    gateway_local,
    identity,
    kagent,
    mesh,
    network,
    permissions,
    pm2,
    rbac,
    registry,
    toolhive,
)
from compiler.verify.artefacts import Artefacts, Malformed, read
from compiler.verify.gateway import Gateway
from compiler.verify.relation import Call, Report
from compiler.verify.specs import Estate, read_estate

__all__ = ["GATEWAYS", "Call", "Malformed", "Report", "verify"]

Reader = Callable[[Estate, Artefacts], Report]


class GatewayReader(Protocol):
    """The reader of a tool gateway is a module: what it states of the product, and how to read."""

    GATEWAY: Gateway

    def read(self, estate: Estate, artefacts: Artefacts) -> Report: ...


GATEWAYS: tuple[GatewayReader, ...] = (
    agentgateway,
    toolhive,
    agentic_networking,
    envoy_ai_gateway,
)
READERS: tuple[Reader, ...] = (
    identity.read,
    network.read,
    mesh.read,
    *(gateway.read for gateway in GATEWAYS),
    kagent.read,
    agent_config.read,
    rbac.read,
    argocd.read,
    registry.read,
    gateway_local.read,
    permissions.read,
    *clients.READERS,
    pm2.read,
    bridges.read,
    cards.read,
)
"""One for each layer, in the order in which they are reported."""


def verify(files: Mapping[str, str], documents: Iterable[Document]) -> tuple[Report, ...]:
    """The generated files by path and the specs' documents, to a report for each layer.

    The first report is about files that cannot be read. Malformed, if the specs are no specs.
    """
    estate = read_estate(documents, (reader.GATEWAY for reader in GATEWAYS))
    artefacts = read(files)
    unreadable = Report("files", 0, faults=artefacts.faults)
    return (unreadable, *(reader(estate, artefacts) for reader in READERS))
