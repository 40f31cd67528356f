"""What registries start with: the agent registry's JSON and SQL, A2A cards, MCP server.json."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from compiler.derive import Fleet
from compiler.emit.format.json import dump
from compiler.emit.registry.cards import card
from compiler.emit.registry.registrations import registration, server
from compiler.emit.registry.servers import description
from compiler.emit.registry.sql import PGVECTOR, seed
from compiler.file import File, Origin
from compiler.graph import Resource
from compiler.model import Agent, MCPServer, Project

FOLDERS: tuple[str, ...] = ("registry",)
Member = tuple[Resource[Project], int, Resource[Agent]]


def emit(fleet: Fleet) -> Iterator[File]:
    """`registry/`: registry.json, seed.sql, seed-pgvector.sql (vectors), cards/ and servers/."""
    members = [
        (project, index, fleet.graph.get(Agent, member.agent))
        for project in fleet.graph.all(Project)
        for index, member in enumerate(project.spec.agents)
    ]
    servers = list(fleet.graph.all(MCPServer))
    yield from _seeds(fleet, members, servers)
    for project, index, agent in members:
        origins = (Origin("", project, ("agents", index)), Origin("skills", agent))
        path = f"registry/cards/{project.name}.{agent.name}.json"
        yield File(path, dump(card(fleet, project, agent)), origins)
    for listed in servers:
        content = dump(description(fleet.platform, listed))
        yield File(f"registry/servers/{listed.name}.json", content, (Origin("", listed),))


def _seeds(
    fleet: Fleet, members: list[Member], servers: list[Resource[MCPServer]]
) -> Iterator[File]:
    """The same rows for a program and for PostgreSQL."""
    agents: list[dict[str, Any]] = [registration(fleet, p, agent) for p, _, agent in members]
    listed = [server(resource) for resource in servers]
    whole = Origin("", fleet.platform_resource, ("registry",))
    rows = (
        Origin(f"agents.{row}", project, ("agents", index))
        for row, (project, index, _) in enumerate(members)
    )
    content = {"version": 1, "agents": agents, "mcpServers": listed}
    yield File("registry/registry.json", dump(content), (whole, *rows))
    yield File("registry/seed.sql", seed(agents, listed), (whole,))
    if any(agent["embedding"] for agent in agents):
        yield File("registry/seed-pgvector.sql", PGVECTOR, (whole,))
