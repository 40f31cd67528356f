"""Mutations of the artefacts, one at a time; `roster verify` must notice each.

`python -m tests.mutations` lists every mutation with its verdict, and the score. A mutation finds
one artefact by cluster, kind and name, and changes its data in place.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from tests.mutations import (
    agentgateway,
    agentic_networking,
    cards,
    desks,
    envoy_ai_gateway,
    gitops,
    kagent,
    mesh,
    network,
    toolhive,
)
from tests.mutations.changes import Change
from tests.mutations.estate import ALL, estate, wrong

LAYERS: dict[str, list[tuple[str, Change]]] = {
    "network": network.NETWORK,
    "mesh": mesh.MESH,
    "agentgateway": agentgateway.MUTATIONS,
    "gateway-local": agentgateway.LAPTOP,
    "toolhive": toolhive.MUTATIONS,
    "agentic-networking": agentic_networking.MUTATIONS,
    "envoy-ai-gateway": envoy_ai_gateway.MUTATIONS,
    "kagent": kagent.MUTATIONS,
    "agent-config": desks.CONFIG,
    "rbac": desks.ROLES,
    "argocd": gitops.SYNC,
    "clients": desks.CLIENTS,
    "registry": desks.REGISTRY,
    "pm2": desks.PM2,
    "stack": desks.STACK,
    "cards": cards.CARDS,
}
"""By layer: the name of each mutation, and the change."""


@dataclass(frozen=True)
class Mutation:
    """A change of the artefacts of a layer."""

    layer: str
    name: str
    apply: Change


def every() -> Iterable[Mutation]:
    """All of them, layer by layer; names are unique within a layer."""
    names = [(layer, name) for layer, some in LAYERS.items() for name, _ in some]
    assert len(names) == len(set(names))
    return [
        Mutation(layer, name, change) for layer, some in LAYERS.items() for name, change in some
    ]


def clusters(mutation: Mutation) -> tuple[str, ...]:
    """The clusters whose artefacts it changes; the first one, if it changes none of a cluster."""
    before, after = estate(), estate()
    mutation.apply(after)
    changed = {path for path in before.keys() | after if before.get(path) != after.get(path)}
    names = {path.split("/")[1] for path in changed if path.startswith("clusters/")}
    return tuple(sorted(names)) or ALL[:1]


def verdict(mutation: Mutation) -> list[str]:
    """What verify says after a mutation of an estate that runs in no other clusters.

    Clusters do not affect each other, and each takes as long to verify.
    """
    some = clusters(mutation)
    files = estate(some)
    mutation.apply(files)
    return wrong(files, some)
