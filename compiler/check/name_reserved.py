"""In the namespaces of projects some names are taken: by walls, waypoints and gateways."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.derive import Fleet
from compiler.diagnostic import Diagnostic, Rule, Severity
from compiler.graph import Resource
from compiler.model import Agent, MCPServer, Spec

RULE = Rule("name-reserved", Severity.ERROR, "a name belongs to an object of our own")
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


def check(fleet: Fleet) -> Iterator[Diagnostic]:
    """Every agent and server with such a name."""
    everything: tuple[Resource[Spec], ...] = (*fleet.graph.all(Agent), *fleet.graph.all(MCPServer))
    for resource in everything:
        if resource.name in RESERVED:
            message = f"`{resource.name}` is the name of an object that we put into namespaces"
            yield RULE.at(resource.name_span, message, help="choose another name")
