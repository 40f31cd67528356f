"""Places that the checks of several wings point at: team members, tools, delegations."""

from __future__ import annotations

from compiler.derive import Fleet
from compiler.derive.reach import Delegation, Member
from compiler.diagnostic import Label
from compiler.graph import Resource
from compiler.model import MCPServer, Project
from compiler.source import Span


def member_place(fleet: Fleet, member: Member) -> Span:
    """Where a project's team names an agent."""
    project = fleet.graph.get(Project, member[0])
    for index, entry in enumerate(project.spec.agents):
        if entry.agent == member[1]:
            return project.at("agents", index, "agent")
    return project.name_span


def tool_place(server: Resource[MCPServer], tool: str) -> Span:
    """Where a server's spec names a tool."""
    names = [listed.name for listed in server.spec.tools]
    return server.at("tools", names.index(tool), "name")


def hand_over(delegation: Delegation) -> Label:
    """The line that lets one agent hand work to another."""
    giver, taker = delegation.source[1], delegation.target[1]
    return Label(delegation.place, f"`{giver}` hands work to `{taker}`")
