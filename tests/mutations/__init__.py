"""Artefacts spoilt on purpose, one way at a time; `roster verify` must notice each.

`python -m tests.mutations` lists every mutation with its verdict, and the score. A mutation finds
the one artefact that it means by cluster, kind and name, and changes its data in place.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from tests.mutations import cards, desks, gateways, gitops, mesh, network, routes
from tests.mutations.changes import Change
from tests.mutations.estate import estate, wrong

LAYERS: dict[str, list[tuple[str, Change]]] = {
    "network": network.NETWORK,
    "mesh": mesh.MESH,
    "agentgateway": gateways.AGENTGATEWAY,
    "gateway-local": gateways.LAPTOP,
    "toolhive": gateways.TOOLHIVE,
    "agentic-networking": routes.ACCESS,
    "envoy-ai-gateway": routes.ROUTE,
    "kagent": routes.KAGENT,
    "agent-config": desks.CONFIG,
    "rbac": desks.ROLES,
    "argocd": gitops.SYNC,
    "clients": desks.CLIENTS,
    "registry": desks.REGISTRY,
    "pm2": desks.PM2,
    "stack": desks.STACK,
    "cards": cards.CARDS,
}
"""By layer: what is done, and how."""


@dataclass(frozen=True)
class Mutation:
    """A way to spoil the artefacts of a layer."""

    layer: str
    name: str
    apply: Change


def every() -> Iterable[Mutation]:
    """All of them, layer by layer; no name is given twice."""
    names = [(layer, name) for layer, some in LAYERS.items() for name, _ in some]
    assert len(names) == len(set(names))
    return [
        Mutation(layer, name, change) for layer, some in LAYERS.items() for name, change in some
    ]


def verdict(mutation: Mutation) -> list[str]:
    """What verify says of the artefacts after a mutation."""
    files, _ = estate()
    mutation.apply(files)
    return wrong(files)
