"""How long logs of agents are kept: what is required, and what the generated settings do."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal, NamedTuple

from compiler.derive.fleet import Fleet
from compiler.derive.quantity import seconds
from compiler.graph import Graph, Resource
from compiler.model import Agent, AISystem, Project, RiskTier
from compiler.model.audit import Event

Store = Literal["loki", "audit"]
DAY = 24 * 60 * 60


class Stream(NamedTuple):
    """What an agent logs for a project, and for how many days that must be kept."""

    project: Resource[Project]
    agent: Resource[Agent]
    tier: Resource[RiskTier]
    record: Resource[AISystem] | None  # where it demands more than the tier
    days: int

    @property
    def name(self) -> str:
        """Its name, `project/agent`."""
        return f"{self.project.name}/{self.agent.name}"


def streams(graph: Graph) -> Iterator[Stream]:
    """The log of each agent of each project, by both names."""
    records = {str(r.spec.project): r for r in reversed(graph.all(AISystem))}
    for project in graph.all(Project):
        record = records.get(project.name)
        logging = record.spec.logging if record else None
        declared = (logging.retentionDays or 0) if logging else 0
        for name in sorted({str(entry.agent) for entry in project.spec.agents}):
            agent = graph.get(Agent, name)
            tier = graph.get(RiskTier, agent.spec.riskTier)
            least = tier.spec.logRetentionDays
            more = record if declared > least else None
            yield Stream(project, agent, tier, more, max(least, declared))


def in_loki(fleet: Fleet, stream: Stream) -> int:
    """For how many days Loki keeps a log; 0 if the platform deploys no Loki."""
    loki = fleet.platform.components and fleet.platform.components.loki
    usual = seconds(loki.retention) // DAY if loki else 0
    return max(stream.days, usual) if loki and named(fleet, stream) else usual


def in_store(fleet: Fleet, stream: Stream) -> int:
    """For how many days the audit store keeps an agent's events; 0 where none reach it."""
    audit = fleet.platform.audit
    if audit is None or not audited(fleet, stream):
        return 0
    return min(stream.days, audit.maxDays or stream.days)


def audited(fleet: Fleet, stream: Stream) -> tuple[Event, ...]:
    """The events of an agent that reach the audit store; that takes the platform's collector."""
    audit, components = fleet.platform.audit, fleet.platform.components
    if audit is None or components is None or components.collector is None:
        return ()
    if not named(fleet, stream):
        return ()
    events: tuple[Event, ...] = getattr(audit.events, stream.tier.spec.level)
    return events


def named(fleet: Fleet, stream: Stream) -> bool:
    """Whether an agent's log carries its name: kagent gives names of its own."""
    running = fleet.by_agent.running.get(stream.agent.name, ())
    return not any(agent.kagent for agent in running if agent.project is stream.project)


def bucket_days(fleet: Fleet) -> tuple[int, ...]:
    """The lengths of time for which the audit store has a bucket, the shortest first."""
    return tuple(sorted({in_store(fleet, stream) for stream in fleet.streams} - {0}))


def bucket(fleet: Fleet, days: int) -> str:
    """The name of the bucket for a length of time."""
    assert fleet.platform.audit, "there is a store"
    return f"{fleet.platform.audit.bucket}-{days}d"


def kept_days(fleet: Fleet, project: str, store: Store) -> int:
    """The shortest time, in days, that a store keeps logs of a project's agents; 0: not at all."""
    kept = in_loki if store == "loki" else in_store
    own = (stream for stream in fleet.streams if stream.project.name == project)
    return min((kept(fleet, stream) for stream in own), default=0)
