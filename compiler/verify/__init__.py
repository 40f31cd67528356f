"""A second, independent opinion: what the generated files permit, against what the specs say.

It reads texts and nothing else: one reader for each layer, which knows how the layer's own consumer
reads them (Cedar and CEL are judged by their engines), and shares nothing with what wrote them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from compiler.parse import Document
from compiler.verify import (
    agent_config,
    agentgateway,
    argocd,
    bridges,
    cards,
    clients,
    gateway_local,
    identity,
    kagent,
    mcproute,
    mesh,
    network,
    permissions,
    pm2,
    rbac,
    registry,
    toolhive,
    xaccess,
)
from compiler.verify.artefacts import Artefacts, Malformed, read
from compiler.verify.relation import Call, Report
from compiler.verify.specs import World, world

__all__ = ["Call", "Malformed", "Report", "verify"]

Reader = Callable[[World, Artefacts], Report]

READERS: tuple[Reader, ...] = (
    identity.read,
    network.read,
    mesh.read,
    agentgateway.read,
    toolhive.read,
    xaccess.read,
    mcproute.read,
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
    said, artefacts = world(documents), read(files)
    unreadable = Report("files", 0, faults=artefacts.faults)
    return (unreadable, *(reader(said, artefacts) for reader in READERS))
