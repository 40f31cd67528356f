"""Grants: who may call what, wildcards expanded; and what each tool can do."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from compiler.derive.fleet import Call, Grant, Traits
from compiler.graph import Graph, Resource
from compiler.model import GrantEntry, LanguageModel, MCPServer, Project, Secret, Tool
from compiler.source import Route

_SENSITIVE = frozenset({"confidential", "restricted"})


def traits(server: MCPServer, tool: Tool) -> Traits:
    """What a tool can do: explicit label, else the hint of a trusted server, else MCP's default.

    MCP's defaults (ToolAnnotations, revision 2026-07-28): it writes, destroys and reaches the open
    world.
    """
    label, hint = tool.labels, tool.annotations
    trusted = server.trust == "trusted"
    reads_only = trusted and hint.readOnlyHint is True
    harmless = trusted and hint.destructiveHint is False
    open_world = not (trusted and hint.openWorldHint is False)
    writes = not reads_only if label.writes is None else label.writes
    destructive = writes and not harmless if label.destructive is None else label.destructive
    return Traits(
        untrusted=open_world if label.untrusted is None else label.untrusted,
        private=server.dataClass in _SENSITIVE if label.private is None else label.private,
        writes=writes,
        destructive=destructive,
        sink=open_world if label.sink is None else label.sink,
        executes=bool(label.executes),
    )


def all_traits(graph: Graph) -> Mapping[tuple[str, str], Traits]:
    """The traits of every declared tool, by server and tool."""
    return {
        (server.name, tool.name): traits(server.spec, tool)
        for server in graph.all(MCPServer)
        for tool in server.spec.tools
    }


def expand(
    tools: str | tuple[str, ...],
    server: Resource[MCPServer],
    traits: Mapping[tuple[str, str], Traits],
) -> tuple[tuple[str, int | None], ...]:
    """The declared tools that a list or wildcard stands for, each with its index in a list."""
    declared = [tool.name for tool in server.spec.tools]
    if tools == "all":
        return tuple((name, None) for name in declared)
    if tools == "read-only":
        return tuple((name, None) for name in declared if not traits[server.name, name].writes)
    names = frozenset(declared)
    return tuple((name, index) for index, name in enumerate(tools) if name in names)


def grants(graph: Graph, traits: Mapping[tuple[str, str], Traits]) -> tuple[Grant, ...]:
    """Every grant of every project, sorted by call; of two grants of one call the first."""
    granted: dict[Call, Grant] = {}
    for project in graph.all(Project):
        for a, member in enumerate(project.spec.agents):
            for g, entry in enumerate(member.grants):
                route = ("agents", a, "grants", g)
                for grant in _entry(graph, project.name, member.agent, entry, route, traits):
                    granted.setdefault(grant.call, grant)
    return tuple(granted[call] for call in sorted(granted))


def _entry(
    graph: Graph,
    project: str,
    agent: str,
    entry: GrantEntry,
    route: Route,
    traits: Mapping[tuple[str, str], Traits],
) -> Iterator[Grant]:
    server = graph.get(MCPServer, entry.server)
    for tool, index in expand(entry.tools, server, traits):
        yield Grant(
            call=Call(project, str(agent), server.name, tool),
            approval=entry.approval.get(tool, "none"),
            reason=entry.reason,
            approver=entry.approver,
            expires=entry.expires,
            route=route,
            word=(*route, "tools") if index is None else (*route, "tools", index),
        )


def secrets(graph: Graph) -> Iterator[tuple[Resource[LanguageModel | MCPServer], Route, Secret]]:
    """Every credential that is referred to, and where."""
    for model in graph.all(LanguageModel):
        yield model, ("credential",), model.spec.credential
    for server in graph.all(MCPServer):
        for index, secret in enumerate(server.spec.secrets):
            yield server, ("secrets", index), secret
