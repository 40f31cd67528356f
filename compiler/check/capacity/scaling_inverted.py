"""The API server rejects an autoscaler whose minimum is above its maximum."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.derive import Fleet
from compiler.diagnostic import Diagnostic, Rule, Severity
from compiler.model import Cluster, MCPServer

RULE = Rule("scaling-inverted", Severity.ERROR, "the bounds of scaling are not in order")


def check(fleet: Fleet) -> Iterator[Diagnostic]:
    """Every place where the bounds of scaling are not in order."""
    servers = [(s, s.spec.scaling, ("scaling",)) for s in fleet.graph.all(MCPServer)]
    clusters = [(c, c.spec.sizes.scaling, ("sizes", "scaling")) for c in fleet.graph.all(Cluster)]
    for resource, scaling, route in (*servers, *clusters):
        if scaling and not scaling.minimum <= scaling.typical <= scaling.maximum:
            yield RULE.at(
                resource.at(*route, "minimum"),
                f"{scaling.minimum} (minimum), {scaling.typical} (typical) and {scaling.maximum}"
                " (maximum) are not in order",
                help="put them in order",
            )
