"""Graph to Fleet: everything that the specs imply without stating it."""

from __future__ import annotations

from datetime import date

from compiler.ai_act.systems import systems
from compiler.derive.access import all_traits, grants
from compiler.derive.by_agent import by_agent
from compiler.derive.capacity import loads
from compiler.derive.components import parts
from compiler.derive.deployments import deployments
from compiler.derive.embeddings import read
from compiler.derive.fleet import Fleet
from compiler.derive.proxies import proxies
from compiler.derive.reach import reach
from compiler.derive.retention import streams
from compiler.derive.reviews import reviews
from compiler.derive.stack import local
from compiler.diagnostic import Severity
from compiler.graph import Graph
from compiler.model import Policy

__all__ = ["Fleet", "derive"]


def derive(graph: Graph, today: date) -> Fleet:
    """All derived facts; `today` is carried for rules with dates."""
    traits = all_traits(graph)
    granted = grants(graph, traits)
    running = deployments(graph, granted)
    standing = proxies(running.servers)
    components = parts(graph)
    reached = reach(graph, granted, traits)
    under_ai_act = tuple(systems(graph))
    demands = [demand for policy in graph.all(Policy) for demand in policy.spec.checks]
    return Fleet(
        graph=graph,
        today=today,
        grants=granted,
        agents=running.agents,
        servers=running.servers,
        proxies=standing,
        parts=components,
        loads=tuple(loads(graph, components, running, standing)),
        local=local(graph, granted),
        traits=traits,
        reach=reached,
        systems=under_ai_act,
        by_agent=by_agent(graph, granted, running.agents, reached, under_ai_act),
        streams=tuple(streams(graph)),
        reviews=reviews(graph),
        vectors=read(graph),
        severities={d.code: Severity(d.severity) for d in demands if d.severity},
        parameters={(d.code, k): v for d in demands for k, v in d.parameters.items()},
    )
