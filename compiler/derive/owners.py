"""Who is who: owners and roles, by the name that specs use."""

from __future__ import annotations

from collections.abc import Mapping

from compiler.graph import Graph
from compiler.model import Owner, Owners


def owners(graph: Graph) -> Mapping[str, Owner]:
    """Every owner that the organisation lists; empty where it lists none."""
    lists = reversed(graph.all(Owners))
    return {owner.name: owner for one in lists for owner in one.spec.owners}
