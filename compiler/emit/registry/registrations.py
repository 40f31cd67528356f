"""The agent registry's entries: agents at work in projects, and MCP servers.

The fields of an agent are those of the plan's `AgentRegistration`. `embedding` is empty without a
vector; `status` and `lastHeartbeat` belong to the running registry.
"""

from __future__ import annotations

from typing import Any

from compiler.derive import Fleet, embeddings
from compiler.derive.namespaces import of_project
from compiler.graph import Resource
from compiler.model import Agent, MCPServer, Project, RiskTier


def registration(
    fleet: Fleet, project: Resource[Project], agent: Resource[Agent]
) -> dict[str, Any]:
    """The entry of one agent in one project."""
    spec = agent.spec
    granted = fleet.grants_by_agent.get((project.name, agent.name), ())
    tools: dict[str, dict[str, str]] = {}
    for grant in granted:
        tools.setdefault(grant.call.server, {})[grant.call.tool] = grant.approval
    return {
        "id": f"{project.name}.{agent.name}",
        "name": spec.displayName,
        "capabilities": list(spec.capabilities),
        "embedding": list(embeddings.vector(fleet, agent)),
        "purpose": spec.purpose,
        "riskTier": fleet.graph.get(RiskTier, spec.riskTier).spec.level,
        "owner": agent.owner or project.owner,
        "healthEndpoint": f"{address(fleet, project, agent)}{spec.probe.live}",
        "mcpServers": sorted(tools),
        "confidenceThreshold": spec.confidenceThreshold,
        "metadata": {
            "project": project.name,
            "clusters": list(project.spec.clusters),
            "role": spec.role,
            "model": spec.model,
            "promptVersion": spec.prompt.version,
            "tools": tools,
        },
        "lastHeartbeat": None,
        "status": "offline",
    }


def address(fleet: Fleet, project: Resource[Project], agent: Resource[Agent]) -> str:
    """Where an agent answers inside of its clusters."""
    return f"http://{agent.name}.{of_project(fleet.platform, project.name).agents}.svc:8080"


def server(server: Resource[MCPServer]) -> dict[str, Any]:
    """The entry of one MCP server."""
    spec = server.spec
    return {
        "name": server.name,
        "displayName": spec.displayName,
        "description": spec.description,
        "version": spec.version,
        "transport": spec.transport.type,
        "protocolVersion": spec.transport.protocolVersion,
        "dataClass": spec.dataClass,
        "tools": [tool.name for tool in spec.tools],
    }
