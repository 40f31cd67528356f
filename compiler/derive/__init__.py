"""Graph to Fleet: everything that the specs imply and nobody wrote."""

from __future__ import annotations

from datetime import date

from compiler.ai_act.systems import systems
from compiler.derive.access import all_traits, grants
from compiler.derive.capacity import loads
from compiler.derive.deployments import deployments
from compiler.derive.fleet import Fleet
from compiler.derive.reach import reach
from compiler.diagnostic import Severity
from compiler.graph import Graph
from compiler.model import Policy

__all__ = ["Fleet", "derive"]


def derive(graph: Graph, today: date) -> Fleet:
    """All derived facts; `today` is carried for rules with dates."""
    known = all_traits(graph)
    granted = grants(graph, known)
    running = deployments(graph, granted)
    demands = [demand for policy in graph.all(Policy) for demand in policy.spec.checks]
    return Fleet(
        graph=graph,
        today=today,
        grants=granted,
        agents=running.agents,
        servers=running.servers,
        loads=tuple(loads(graph, running)),
        traits=known,
        reach=reach(graph, granted, known),
        systems=tuple(systems(graph)),
        severities={d.code: Severity(d.severity) for d in demands if d.severity},
        parameters={(d.code, k): v for d in demands for k, v in d.parameters.items()},
    )
