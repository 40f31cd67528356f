"""The API server rejects a container whose request is above its limit."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from compiler.derive import Fleet
from compiler.derive.components import described
from compiler.derive.quantity import in_bytes, millicores
from compiler.diagnostic import Diagnostic, Label, Rule, Severity
from compiler.graph import Resource
from compiler.model import Agent, Cluster, MCPServer, Resources
from compiler.source import Route

RULE = Rule("request-above-limit", Severity.ERROR, "a request is above its limit")


def check(fleet: Fleet) -> Iterator[Diagnostic]:
    """Every place where a request is above its limit."""
    for resource, route, each in _resources(fleet):
        for field, measure in (("cpu", millicores), ("memory", in_bytes)):
            asked, most = getattr(each.requests, field), getattr(each.limits, field)
            if measure(asked) > measure(most):
                yield RULE.at(
                    resource.at(*route, "requests", field),
                    f"the request of {asked} {field} is above the limit of {most}",
                    help="raise the limit, or lower the request",
                    related=[Label(resource.at(*route, "limits", field), "the limit")],
                )


def _resources(fleet: Fleet) -> Iterator[tuple[Resource[Any], Route, Resources]]:
    for agent in fleet.graph.all(Agent):
        yield agent, ("resources",), agent.spec.resources
    for server in fleet.graph.all(MCPServer):
        yield server, ("resources",), server.spec.resources
    for cluster in fleet.graph.all(Cluster):
        sizes = cluster.spec.sizes
        for name in ("agentResources", "serverResources"):
            if (each := getattr(sizes, name)) is not None:
                yield cluster, ("sizes", name), each
        for name in type(sizes.components).model_fields:
            if (each := getattr(sizes.components, name).resources) is not None:
                yield cluster, ("sizes", "components", name, "resources"), each
    for key, component in described(fleet.platform):
        yield fleet.platform_resource, ("components", key, "resources"), component.resources
    yield (
        fleet.platform_resource,
        ("contextStore", "resources"),
        fleet.platform.contextStore.resources,
    )
