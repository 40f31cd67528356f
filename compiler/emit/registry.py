"""The agent registry's seed: one registration for each agent at work in a project.

The fields are those of the plan's `AgentRegistration`. `embedding` is empty until vectors are
computed; `status` and `lastHeartbeat` belong to the running registry.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from compiler.derive import Fleet
from compiler.emit.file import File, Origin
from compiler.emit.json import dump
from compiler.graph import Resource
from compiler.model import Agent, MCPServer, Project, RiskTier

FOLDERS: tuple[str, ...] = ("registry",)


def emit(fleet: Fleet) -> Iterator[File]:
    """`registry/registry.json`."""
    agents: list[dict[str, Any]] = []
    origins: list[Origin] = []
    for project in fleet.graph.all(Project):
        for index, member in enumerate(project.spec.agents):
            agent = fleet.graph.get(Agent, member.agent)
            origins.append(Origin(f"agents.{len(agents)}", project, ("agents", index)))
            agents.append(_registration(fleet, project, agent))
    servers = [_server(server) for server in fleet.graph.all(MCPServer)]
    seed = {"version": 1, "agents": agents, "mcpServers": servers}
    whole = Origin("", fleet.platform_resource, ("registry",))
    yield File("registry/registry.json", dump(seed), (whole, *origins))


def _registration(
    fleet: Fleet, project: Resource[Project], agent: Resource[Agent]
) -> dict[str, Any]:
    spec = agent.spec
    granted = fleet.grants_by_agent.get((project.name, agent.name), ())
    space = f"{project.name}-{fleet.platform.namespaces.agents}"
    tools: dict[str, dict[str, str]] = {}
    for grant in granted:
        tools.setdefault(grant.call.server, {})[grant.call.tool] = grant.approval
    return {
        "id": f"{project.name}.{agent.name}",
        "name": spec.displayName,
        "capabilities": list(spec.capabilities),
        "embedding": [],
        "purpose": spec.purpose,
        "riskTier": fleet.graph.get(RiskTier, spec.riskTier).spec.level,
        "owner": agent.owner or project.owner,
        "healthEndpoint": f"http://{agent.name}.{space}.svc:8080{spec.probe.live}",
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


def _server(server: Resource[MCPServer]) -> dict[str, Any]:
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
