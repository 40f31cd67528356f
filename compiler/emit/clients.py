"""Client configurations for people who do an agent's work at a desk, one folder for each member.

They start the servers themselves; those in `local/` connect to the servers of the local stack,
which identifies each agent by its token and shows it the tools that it is granted.

One secret reference has three notations: `${NAME}` (Claude Code), `${input:id}` (VS Code) and
`${env:NAME}` (Cursor). Only Claude Code knows rules for single tools: what is granted is allowed or
needs approval, and every other tool of these servers is denied, as it would be offered otherwise.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from compiler.derive import Fleet, stack
from compiler.derive.fleet import Grant
from compiler.emit.format.json import dump
from compiler.file import File, Origin
from compiler.graph import Resource
from compiler.model import MCPServer, Project

FOLDERS: tuple[str, ...] = ("clients",)
Servers = Mapping[str, Resource[MCPServer]]


def emit(fleet: Fleet) -> Iterator[File]:
    """`.mcp.json`, `.vscode/mcp.json`, `.cursor/mcp.json`, also local; permissions of Claude."""
    for project in fleet.graph.all(Project):
        running = {server.server.name: server for server in fleet.local[project.name].servers}
        for index, member in enumerate(project.spec.agents):
            granted = fleet.grants_by_agent.get((project.name, str(member.agent)), ())
            names = sorted({grant.call.server for grant in granted})
            resources = (fleet.graph.get(MCPServer, name) for name in names)
            servers = {s.name: s for s in resources if s.spec.package is not None}
            where = f"clients/{project.name}/{member.agent}"
            origins = (
                Origin("", project, ("agents", index)),
                *(Origin(f"mcpServers.{name}", server) for name, server in servers.items()),
            )
            for path, content in _files(servers, granted):
                yield File(f"{where}/{path}", dump(content), origins)
            local = [running[name] for name in servers if name in running]
            for path, content in _local(f"{project.name}.{member.agent}", local):
                yield File(f"{where}/local/{path}", dump(content), origins)


def _files(servers: Servers, granted: tuple[Grant, ...]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    yield ".mcp.json", {"mcpServers": _entries(servers, lambda _, name: f"${{{name}}}")}
    yield ".cursor/mcp.json", {"mcpServers": _entries(servers, lambda _, name: f"${{env:{name}}}")}
    asked = [
        {
            "type": "promptString",
            "id": _input(name, secret.name),
            "description": f"{secret.name} of {server.spec.displayName}",
            "password": True,
        }
        for name, server in servers.items()
        for secret in server.spec.secrets
    ]
    entries = _entries(servers, lambda server, name: f"${{input:{_input(server, name)}}}")
    yield ".vscode/mcp.json", {"inputs": asked, "servers": entries}
    yield ".claude/settings.json", {"permissions": _permissions(servers, granted)}


def _local(
    identity: str, running: Iterable[stack.LocalServer]
) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """The same servers in the local stack, whose bridges ask for the agent's token."""
    token = stack.token_variable(identity)

    def entries(reference: str) -> dict[str, Any]:
        headers = {"Authorization": f"Bearer {reference}"}
        return {
            server.server.name: {"type": "http", "url": server.url, "headers": headers}
            for server in running
        }

    yield ".mcp.json", {"mcpServers": entries(f"${{{token}}}")}
    yield ".cursor/mcp.json", {"mcpServers": entries(f"${{env:{token}}}")}
    description = f"The token of {identity} in the local stack"
    asked = {"type": "promptString", "id": token, "description": description, "password": True}
    yield ".vscode/mcp.json", {"inputs": [asked], "servers": entries(f"${{input:{token}}}")}


def _input(server: str, secret: str) -> str:
    return f"{server}.{secret}"


def _entries(servers: Servers, refer: Callable[[str, str], str]) -> dict[str, Any]:
    """How each server is started; `refer` writes a reference to a secret of a server."""
    entries = {}
    for name, server in servers.items():
        assert server.spec.package is not None, name
        command, *args = server.spec.package.command
        env = dict(sorted(server.spec.package.env.items()))
        env |= {secret.name: refer(name, secret.name) for secret in server.spec.secrets}
        entries[name] = {"type": "stdio", "command": command, "args": args, "env": env}
    return entries


def _permissions(servers: Servers, granted: tuple[Grant, ...]) -> dict[str, list[str]]:
    """Rules of Claude Code; `deny` wins over `ask`, and `ask` over `allow`."""
    approval = {grant.call[2:]: grant.approval for grant in granted}
    rules: dict[str, list[str]] = {"allow": [], "ask": [], "deny": []}
    words = {"none": "allow", "human": "ask", None: "deny"}
    for name, server in servers.items():
        for tool in server.spec.tools:
            word = words[approval.get((name, tool.name))]
            rules[word].append(f"mcp__{name}__{tool.name}")
    return {word: sorted(some) for word, some in rules.items()}
