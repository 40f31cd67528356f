"""What an agent's card says of tools: what it may do, what waits for people, what it cannot do."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.derive import Fleet
from compiler.derive.fleet import Grant
from compiler.derive.reach import reached
from compiler.emit.cards.facts import OPERATIONS, granted, homes, operations, used
from compiler.graph import Resource
from compiler.model import Agent

Facts = dict[str, object]


def facts(fleet: Fleet, agent: Resource[Agent]) -> Facts:
    """The facts of the sections about tools."""
    grants = granted(fleet, agent)
    done = {name for grant in grants for name in operations(fleet.traits[grant.call[2:]])}
    calls = {grant.call[2:] for grant in grants}
    return {
        "tools": list(_tools(fleet, agent)),
        "approvals": [_approval(grant) for grant in grants if grant.approval == "human"],
        "never": [name for name in OPERATIONS if name not in done],
        "withheld": [
            {
                "name": server.name,
                "tools": [t.name for t in server.spec.tools if (server.name, t.name) not in calls],
            }
            for server in used(fleet, agent)
        ],
        "reach": list(_reach(fleet, agent)),
    }


def _tools(fleet: Fleet, agent: Resource[Agent]) -> Iterator[Facts]:
    """Every tool that some project grants, with what it does and where."""
    tools: dict[tuple[str, str], list[Grant]] = {}
    for grant in granted(fleet, agent):
        tools.setdefault((grant.call.server, grant.call.tool), []).append(grant)
    for (server, tool), grants in sorted(tools.items()):
        traits = fleet.traits[server, tool]
        yield {
            "name": f"{server}/{tool}",
            "operations": operations(traits),
            "untrusted": traits.untrusted,
            "private": traits.private,
            "projects": [
                {"name": grant.call.project, "human": grant.approval == "human"} for grant in grants
            ],
        }


def _approval(grant: Grant) -> Facts:
    """A call that waits for a human, and who agreed to the grant."""
    return {
        "project": grant.call.project,
        "tool": f"{grant.call.server}/{grant.call.tool}",
        "reason": grant.reason,
        "approver": grant.approver,
        "expires": grant.expires,
    }


def _reach(fleet: Fleet, agent: Resource[Agent]) -> Iterator[Facts]:
    """What it gets done through others, by project and way."""
    ways: dict[tuple[str, tuple[str, ...], str], list[str]] = {}
    for project in homes(fleet, agent):
        for call in reached(fleet, (project.name, agent.name)):
            if call.path:
                tools = ways.setdefault((project.name, call.via, call.approval), [])
                tools.append("/".join(call.grant.call[2:]))
    for (name, through, approval), tools in sorted(ways.items()):
        yield {"project": name, "through": through, "human": approval == "human", "tools": tools}
