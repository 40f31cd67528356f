"""An independent check: what the generated files permit, compared with what the specs say.

It reads texts only: one reader for each layer, which interprets them as the layer's own consumer
does (the engines of Cedar and CEL evaluate policies), and shares no code with what wrote them.
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
    """A report for each layer; the first one is about files that cannot be read.

    Args:
        files: the generated files, by path.
        documents: those of the specs.

    Raises:
        Malformed: a document does not have the shape of a spec.
    """
    estate = read_estate(documents, (reader.GATEWAY for reader in GATEWAYS))
    artefacts = read(files)
    unreadable = Report("files", 0, faults=artefacts.faults)
    return (unreadable, *(reader(estate, artefacts) for reader in READERS))
