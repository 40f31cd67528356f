"""A server in an agent's ceiling that no project grants makes a careless grant easy."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.derive import Fleet
from compiler.diagnostic import Diagnostic, Rule, Severity
from compiler.model import Agent

RULE = Rule("ceiling-unused", Severity.WARNING, "an agent may use a server that no project grants")


def check(fleet: Fleet) -> Iterator[Diagnostic]:
    """Every such server that a deployed agent does not require.

    `server-required` reports those it requires, `agent-unused` an agent in no team.
    """
    deployed = {agent for _, agent in fleet.reach.members}
    used = {(grant.call.agent, grant.call.server) for grant in fleet.grants}
    for agent in fleet.graph.all(Agent):
        for index, use in enumerate(agent.spec.servers):
            idle = not use.required and (agent.name, str(use.server)) not in used
            if agent.name in deployed and idle:
                yield RULE.at(
                    agent.at("servers", index, "server"),
                    f"agent `{agent.name}` may use `{use.server}`, but no project grants it",
                    help="remove it from `servers`",
                )
