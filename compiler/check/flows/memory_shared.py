"""What an agent with sensitive data writes to a shared memory can reach agents that may not see it.
OWASP ASI06, MCP10.
"""

from __future__ import annotations

from collections.abc import Iterator

from compiler.check.grading import CHOICES, GRADED, grade
from compiler.derive import Fleet
from compiler.diagnostic import Diagnostic, Label, Rule, Severity, worst
from compiler.graph import Resource
from compiler.model import Agent, ContextSpace, MCPServer, Project, RiskTier
from compiler.model.base import DATA_CLASSES

RULE = Rule(
    "memory-shared",
    Severity.ERROR,
    "data flows through a shared memory to an agent whose tier forbids it",
    GRADED,
    CHOICES,
)


def check(fleet: Fleet) -> Iterator[Diagnostic]:
    """Every reader whose tier does not allow the data of a writer, unless values are redacted."""
    for space in fleet.graph.all(ContextSpace):
        if not space.spec.redaction:
            yield from _space(fleet, space)


def _space(fleet: Fleet, space: Resource[ContextSpace]) -> Iterator[Diagnostic]:
    homes = [str(space.spec.project)] if space.spec.project else None
    writers = [(str(w.agent), ("writers", i, "agent")) for i, w in enumerate(space.spec.writers)]
    readers = [(str(r), ("readers", i)) for i, r in enumerate(space.spec.readers)]
    data = {name: _data(fleet, name, homes) for name, _ in writers}
    most = max(writers, key=lambda writer: data[writer[0]])
    for name, route in readers:
        tier = fleet.graph.get(RiskTier, fleet.graph.get(Agent, name).spec.riskTier)
        if name != most[0] and DATA_CLASSES.index(tier.spec.dataClass) < data[most[0]]:
            homes = homes or [p.name for p in fleet.graph.all(Project)]
            yield RULE.at(
                space.at(*route),
                f"agent `{name}` reads what `{most[0]}` writes, who handles"
                f" {DATA_CLASSES[data[most[0]]]} data",
                help="drop the reader, list what is redacted, or use another space for this data",
                related=[
                    Label(space.at(*most[1]), "the writer"),
                    Label(tier.at("dataClass"), "the most that the reader's tier may see"),
                ],
                severity=worst(grade(fleet, RULE, home, [name, most[0]]) for home in homes),
            )


def _data(fleet: Fleet, agent: str, homes: list[str] | None) -> int:
    """The most sensitive data that an agent is granted itself, in the projects that count."""
    servers = {
        grant.call.server
        for grant in fleet.grants
        if grant.call.agent == agent and (homes is None or grant.call.project in homes)
    }
    classes = (fleet.graph.get(MCPServer, server).spec.dataClass for server in servers)
    return max((DATA_CLASSES.index(data) for data in classes), default=0)
