"""A risk tier limits how sensitive the data may be that its agents handle."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.derive import Fleet
from compiler.diagnostic import Diagnostic, Label, Rule, Severity
from compiler.graph import Resource
from compiler.model import Agent, ContextSpace, MCPServer, Project, RiskTier
from compiler.model.base import DATA_CLASSES

RULE = Rule("data-above-tier", Severity.ERROR, "an agent handles data above its risk tier")


def check(fleet: Fleet) -> Iterator[Diagnostic]:
    """Every grant, and every use of a context space, with data above the agent's tier."""
    yield from _grants(fleet)
    for space in fleet.graph.all(ContextSpace):
        writers = [
            (str(w.agent), ("writers", i, "agent")) for i, w in enumerate(space.spec.writers)
        ]
        readers = [(str(r), ("readers", i)) for i, r in enumerate(space.spec.readers)]
        for name, route in [*readers, *writers]:
            agent = fleet.graph.get(Agent, name)
            tier = fleet.graph.get(RiskTier, agent.spec.riskTier)
            if _above(space.spec.dataClass, tier):
                yield RULE.at(
                    space.at(*route),
                    f"agent `{name}` handles {space.spec.dataClass} values of `{space.name}`",
                    help=f"drop it, or raise its risk tier; `{tier.name}` allows at most "
                    f"{tier.spec.dataClass}",
                    related=[
                        Label(space.at("dataClass"), "the values"),
                        Label(tier.at("dataClass"), "the tier's limit"),
                    ],
                )


def _above(data: str, tier: Resource[RiskTier]) -> bool:
    return DATA_CLASSES.index(data) > DATA_CLASSES.index(tier.spec.dataClass)


def _grants(fleet: Fleet) -> Iterator[Diagnostic]:
    seen = set()
    for grant in fleet.grants:
        agent = fleet.graph.get(Agent, grant.call.agent)
        tier = fleet.graph.get(RiskTier, agent.spec.riskTier)
        server = fleet.graph.get(MCPServer, grant.call.server)
        key = (grant.call.project, grant.route)
        if _above(server.spec.dataClass, tier) and key not in seen:
            seen.add(key)
            project = fleet.graph.get(Project, grant.call.project)
            yield RULE.at(
                project.at(*grant.route, "server"),
                f"agent `{agent.name}` handles {server.spec.dataClass} data of `{server.name}`",
                help="drop the grant, or raise the agent's risk tier",
                related=[
                    Label(server.at("dataClass"), "the data"),
                    Label(tier.at("dataClass"), "the tier's limit"),
                ],
            )
