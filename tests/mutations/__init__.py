"""Artefacts spoilt on purpose, one way at a time; `roster verify` must notice each.

`python -m tests.mutations` lists every mutation with its verdict, and the score. A mutation finds
the one artefact that it means by cluster, kind and name, and changes its data in place.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from tests.mutations import cards, desks, gateways, gitops, mesh, network, routes
from tests.mutations.changes import Change
from tests.mutations.estate import ALL, estate, wrong

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


def clusters(mutation: Mutation) -> tuple[str, ...]:
    """The clusters whose artefacts it changes; any one, if it changes artefacts of none."""
    before, after = estate(), estate()
    mutation.apply(after)
    changed = {path for path in before.keys() | after if before.get(path) != after.get(path)}
    names = {path.split("/")[1] for path in changed if path.startswith("clusters/")}
    return tuple(sorted(names)) or ALL[:1]


def verdict(mutation: Mutation) -> list[str]:
    """What verify says after a mutation of an estate that runs in no other clusters.

    A second cluster changes nothing about the first, and each takes as long to verify.
    """
    some = clusters(mutation)
    files = estate(some)
    mutation.apply(files)
    return wrong(files, some)
