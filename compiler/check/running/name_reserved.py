"""Some names are used by the platform: in the namespaces of projects for network policies,
waypoints and gateways; among projects for parts in Argo CD and PM2; among agents for the card of
the fleet.
"""

from __future__ import annotations

from collections.abc import Iterator

from compiler.derive import Fleet
from compiler.diagnostic import Diagnostic, Rule, Severity
from compiler.graph import Resource
from compiler.model import Agent, MCPServer, Project, Spec

RULE = Rule("name-reserved", Severity.ERROR, "a name is used by the platform itself")
RESERVED = (
    "allow-dns",
    "default",
    "default-deny-all",
    "defaults",
    "deny-all",
    "kube-root-ca",
    "project",
    "sse",  # agentgateway takes the path /sse for the transport of that name
    "tool-gateway",
    "tool-gateway-shared",
    "waypoint",
)
OWN = ("cluster", "platform", "root")
"""Names of AppProjects that belong to no project."""
CARD = "fleet"
"""The name of the card of all agents."""


def check(fleet: Fleet) -> Iterator[Diagnostic]:
    """Every agent, server and project with such a name."""
    workloads: tuple[Resource[Spec], ...] = (*fleet.graph.all(Agent), *fleet.graph.all(MCPServer))
    for resource in workloads:
        if resource.name in RESERVED:
            message = f"`{resource.name}` is the name of an object in the namespaces of projects"
            yield RULE.at(resource.name_span, message, help="choose another name")
    for agent in fleet.graph.all(Agent):
        if agent.name == CARD:
            message = f"`{CARD}` is the name of the card of all agents"
            yield RULE.at(agent.name_span, message, help="choose another name")
    for project in fleet.graph.all(Project):
        if project.name in OWN:
            message = f"`{project.name}` is the name of a part of the platform"
            yield RULE.at(project.name_span, message, help="choose another name")
